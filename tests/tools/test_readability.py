"""Pages that readers learn from have short sentences, counted as a reader would count them."""

from __future__ import annotations

from statistics import median

import pytest

from tools import readability

PAGE = """\
# A heading is no sentence

1. Press the button. It was pressed by somebody! See *the page* ([more](x.md)), e.g. the `long code` there:

```
totalplace run silo. And this. And that.
```

| a table | is none |
|---|---|
| It has cells. | Many. |

<!-- generated: x -->
Nor is this one.
<!-- end -->
- A bullet
  in two lines
"""


def test_sentences_are_those_of_the_prose() -> None:
    assert readability.sentences(PAGE) == [
        "Press the button.", "It was pressed by somebody!", "See the page (more), e.g. the code there:", "A bullet in two lines",
    ]
    assert [readability.words(one) for one in readability.sentences(PAGE)] == [3, 5, 8, 5]


@pytest.mark.parametrize(("sentence", "said"), [
    ("It was pressed.", True), ("Figures are not drawn.", True), ("The rules have been written.", True), ("It is red.", False),
    ("You press it.", False),
])
def test_passive_sentences_are_known(sentence: str, said: bool) -> None:
    assert readability.passive(sentence) == said


@pytest.mark.parametrize("page", readability.pages())
def test_the_median_sentence_of_a_page_is_short(page: str) -> None:
    text = readability.text_of(page, None)
    assert text is not None
    assert median(map(readability.words, readability.sentences(text))) < readability.MOST_WORDS
