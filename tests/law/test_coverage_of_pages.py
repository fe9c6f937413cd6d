"""Nothing lies about: each template is rendered, each static file used, each page reachable."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from shouyue import doors
from shouyue.doors.web.forms import TOKEN, Form
from tools import reference_house

SRC = Path(__file__).parents[2] / "src/shouyue"
TEMPLATES = sorted(SRC.rglob("templates/**/*.html"))
STATIC = SRC / "doors/web/static"
ASSETS = sorted(path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"})

POSTED = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
NAMED = re.compile(r'<(?:input|select|textarea|button)[^>]*? name="([a-z_]+)"')


def spoken() -> set[str]:
    """Every text constant in the house's Python: a template's name may stand in a table."""
    return {
        node.value
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def spoken_in_part() -> list[re.Pattern[str]]:
    """The forms of template names that are put together: `f"onboarding_{step}.html"`."""
    forms = []
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            parts = [p.value if isinstance(p, ast.Constant) else None for p in node.values]
            if str(parts[-1]).endswith(".html"):
                forms += [re.compile("".join(re.escape(str(p)) if p else r"\w+" for p in parts))]
    return forms


def built_upon() -> set[str]:
    """Templates that others extend, import or include."""
    found = set()
    for path in TEMPLATES:
        tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
        parents = tree.find_all((nodes.Extends, nodes.Import, nodes.FromImport, nodes.Include))
        for parent in parents:
            name = next(iter(parent.iter_child_nodes(only=["template"])))
            found |= {name.value} if isinstance(name, nodes.Const) else set()
    return found


def test_a_refusal_is_shown_by_the_frame_of_the_page_and_so_once() -> None:
    twice = [path.name for path in TEMPLATES if "ui.refused()" in path.read_text("utf-8")]
    assert twice == ["base.html"]


def test_every_template_is_rendered_or_built_upon() -> None:
    known = spoken() | built_upon()
    made = spoken_in_part()
    lost = [
        path.relative_to(SRC).as_posix()
        for path in TEMPLATES
        if path.name not in known and not any(form.fullmatch(path.name) for form in made)
    ]

    assert lost == []


def test_every_template_that_is_asked_for_is_there() -> None:
    there = {path.name for path in TEMPLATES}
    asked = {text for text in spoken() if re.fullmatch(r"[a-z_]+\.html", text)}

    # `privacy.html` alone would be an address; those begin with a slash.
    assert sorted((asked | built_upon()) - there) == []


@pytest.mark.parametrize("asset", ASSETS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_every_static_file_is_used(asset: Path) -> None:
    name = asset.relative_to(STATIC).as_posix()
    texts = [path.read_text("utf-8") for path in TEMPLATES]
    by_name = any(name in text for text in texts)
    # The layout lists its scripts by their stems.
    by_stem = any(f'"{asset.stem}"' in text and "static('js/'" in text for text in texts)

    assert by_name or by_stem or name in _quoted_in_styles()


def test_every_page_that_a_door_defines_is_served() -> None:
    doors = {door for door, _ in reference_house.pages()}
    served: set[int] = set()
    for door in doors - {"development"}:
        served |= {
            id(page) for page in importlib.import_module(f"shouyue.doors.{door}.pages").PAGES
        }
    lost = [
        f"{door}: {page.path}"
        for door, page in reference_house.pages()
        if door != "development" and id(page) not in served
    ]

    assert lost == []


def _quoted_in_styles() -> str:
    return " ".join(
        path.read_text("utf-8") for path in STATIC.rglob("*.css") if "min" not in path.name
    )


def test_a_form_that_is_shown_has_no_field_that_no_form_declares() -> None:
    """Such a field is refused, and whoever fills the page in gets no further."""
    for module in pkgutil.walk_packages(doors.__path__, "shouyue.doors."):
        importlib.import_module(module.name)
    declared = {name for form in heirs(Form) for name in form.model_fields} | {TOKEN}
    strange = {
        f"{path.name}: {name}"
        for path in TEMPLATES
        for form in POSTED.findall(path.read_text("utf-8"))
        for name in NAMED.findall(form)
        if name not in declared
    }
    assert strange == set()


def heirs(of: type[Form]) -> list[type[Form]]:
    """Every form of the house."""
    return [one for heir in of.__subclasses__() for one in (heir, *heirs(heir))]
