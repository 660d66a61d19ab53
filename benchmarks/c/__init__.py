"""Our own translator of rules to C, so that the speed of the compiled model can be held against that of a C compiler."""
