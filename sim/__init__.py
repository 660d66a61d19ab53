"""What happens: the model, how it is played, what came of it, analyses, evidence, reports, the browser and the command."""

if __name__ == "sim":  # this folder, imported by the name of before from the root of a checkout
    import sys

    from totalplace.sim import former_name

    sys.modules["sim"] = former_name
