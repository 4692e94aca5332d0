"""The command line: arguments -> one call -> a few lines or JSON -> an exit code.

Each process of a command uses one thread for its matrices: they are small, and on several threads they cost
twice the processor time and are no faster. The libraries read that once, when they are loaded, so it is said
here, before anything loads them; whoever has set one of these variables is obeyed.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
