"""Shares: the money of an agency in a theme, what it cedes of it, and where a negotiation about it stands.

Savings are shared in ``joint_commission.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.rows import ShareRow
    from totalplace.agents.world import World

SHARES: Final = table(
    "shares",
    "an agency's money in a theme and what it cedes of it",
    number("spend", "£m a year", "spend in the base year"),
    number("reactive_given", "£m a year", "reactive spend by the place tables, before the parameter"),
    number("common_given", "£m a year", "common functions by the place tables, before the parameter"),
    number("frontline_start", "£m a year", "planned frontline spend in the base year"),
    number("common_start", "£m a year", "common functions in the base year"),
    number("reactive_start", "£m a year", "reactive spend in the base year"),
    number("volume_start", "volume", "volume of common functions in the base year"),
    number("agreement", "£m a year", "what an agreement about it costs"),
    number("benefits_start", "£m a year", "working-age benefits it could pool"),
    number("frontline", "£m a year", "planned frontline spend now"),
    number("common", "£m a year", "common functions now"),
    number("benefits", "£m a year", "working-age benefits in reach of pooling now"),
    number("lines", "£m a year", "its named budget lines in the base year, of which a mandate may ask a share"),
    number("commissioned", "£m a year", "what of them is commissioned in the place (NHS, adult social care); 0 outside section 75"),
    number("mandate", "share", "least share that mandated money comes to, as last planned"),
    number("floor", "share", "least share that statute or the single pot sets"),
    number("single_pot", "share", "share that the department pays straight into the single pot"),
    number("ceded", "share", "share of planned and common spend in the pooled budget"),
    number("agreed", "share", "share agreed and waiting out the set-up lag"),
    whole("wait", "quarters until the agreed share is live", "quarters"),
    whole("notice", "quarters of notice left, 0 if none is given", "quarters"),
    whole("live", "quarters that the share has been ceded", "quarters"),
    whole("set_up", "1 if its part of the pool was set up once", "0 or 1"),
    whole("barred", "quarters before it is asked again after it left", "quarters"),
    number("aspiration", "multiple", "what is first asked for in an annual plan beyond what statute demands, as a multiple of it"),
    number("double_running", "£m a year", "what it pays for change while old and new services run side by side"),
    number("promised", "£m a year", "its part of the saving that the plan promised"),
    number("standing", "share", "share pooled by choice before a mandate, which does not lapse with an annual plan"),
    number("promised_standing", "£m a year", "part of that promise that does not lapse either, what statute demands included"),
    number("delivered", "£m a year", "its part of the duplication removed"),
    number("weight", "share", "its part of the cashable saving under the savings rule"),
    number("funding", "share", "its part of the pooled money, now or when there last was any"),
    number("transfer", "£m a year", "side payment it receives (negative: pays), adds to zero over a theme"),
    number("agreed_transfer", "£m a year", "side payment waiting out the set-up lag"),
    number("agreed_promise", "£m a year", "promised saving waiting out the set-up lag"),
    whole("approached", "1 if it sits at the table in this negotiation", "0 or 1"),
    whole("party", "1 if it agreed in this negotiation", "0 or 1"),
    whole("withheld", "1 if its department's consent was all that was missing", "0 or 1"),
    number("powered", "share", "ceded share whose volume was last worked out"),
    number("power", "volume", "that volume, of all its common functions in the theme"),
    number("plan", "share", "share that the others expect of it"),
    number("plan_volume", "volume", "volume of common functions at the expected share"),
    number("ask", "share", "share asked for now"),
    number("ask_first", "share", "share first asked for"),
    number("ask_floor", "share", "least share worth asking for"),
    number("offer", "share", "share offered now"),
    number("ideal", "share", "share that the agency would choose"),
    number("limit", "share", "largest share that does not leave it worse off"),
    number("bargained", "share", "share that the agency and the commissioner settled on"),
    number("value", "£m present value", "worth of that share to the agency"),
    number("side_payment", "£m present value", "side payment in the plan (negative: pays)"),
)


@rule
def agreement_cost(w: World, share: ShareRow, capacity: float) -> float:
    """What an agreement costs the partner whose ``share`` of a theme it is, in £m a year.

    It grows with the partner's planned and common money in the theme by ``agreement_scale``, and depends on the arrangement and
    on the support of officers, as far as the partner has them (``capacity``, 0-1).
    """
    parameters = w.parameters
    size = ((share.frontline_start + share.common_start) / parameters.agreement_money) ** parameters.agreement_scale
    light = 1.0 - parameters.officer_effort * w.board.officer_support * capacity
    return parameters.transaction_cost * size * w.board.transaction_cost * light
