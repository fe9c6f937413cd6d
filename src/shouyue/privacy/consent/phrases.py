"""The sentences of the notices that are not the policy's own: data, in `text/phrases.toml`.

Each is complete: a person who reads only the notice knows who asks, for what, for how long,
what a no costs and how to take a yes back (PIPL 14, 15, 17, 23, 30).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from shouyue.ground.kit.types import Lang
from shouyue.privacy.policy.types import Text


def phrase(lang: Lang, key: str) -> str:
    """Return a sentence in `zh` or `en`."""
    return phrases()[key].say(lang)


@cache
def phrases() -> Mapping[str, Text]:
    """Return all sentences by their keys."""
    text = resources.files(__package__).joinpath("text/phrases.toml").read_text("utf-8")
    return {key: Text(**said) for key, said in tomllib.loads(text).items()}
