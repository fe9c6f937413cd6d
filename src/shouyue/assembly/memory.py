"""How a server looks for garbage: it holds much for long, and makes little that goes in circles.

Python looks through everything that is held after a quarter of it was made, and takes for old what
is alive when it looks at the young. A gateway has hundreds of calls and lines under way at each
moment; looked at too often they all count as old, and with 100,000 apps held each look is long.
"""

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50


def settle() -> None:
    """Look at the young a hundred times less often, and never again at what is here now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
