"""Templates and the words they become. A template's first line is the subject of a mail.

Templates are the house's own files and run in a sandbox; what they name and is absent is an error
and never a blank. Texts are plain: no channel here reads HTML.
"""

from functools import cache
from importlib import resources

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import Lang
from shouyue.people.notices.types import Facts, Words
from shouyue.privacy.policy import service as policy


def render(template: str, lang: Lang, facts: Facts) -> Words:
    """Return the words in `zh`, or in English for any other language."""
    page = _environment().get_template(_file(template, lang))
    subject, _, text = page.render(**facts, platform=platform(lang)).partition("\n")
    return Words(subject.strip(), text.strip())


def brief(words: Words, lang: Lang) -> str:
    """Return a text message: the platform's name in brackets, then the body on one line."""
    joint = "" if lang == "zh" else " "
    body = joint.join(line.strip() for line in words.text.splitlines() if line.strip())
    return f"【{platform(lang)}】{body}"


def platform(lang: Lang) -> str:
    """Return the platform's published name."""
    return policy.active().operator["platform_name"].say(lang)


@cache
def digest(template: str, lang: Lang) -> str:
    """Return the hex SHA-256 of a template's file, for the delivery record (2.2②)."""
    return suites.digest(Suite.AES, (_source(_file(template, lang)) or "").encode()).hex()


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(  # plain text: nothing to escape
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )


def _file(template: str, lang: Lang) -> str:
    return f"{template}.{'zh' if lang == 'zh' else 'en'}.txt"


def _source(name: str) -> str:
    file = resources.files("shouyue.people.notices") / "templates" / name
    if not file.is_file():
        raise TemplateNotFound(name)
    return file.read_text("utf-8")
