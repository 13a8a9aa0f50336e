"""Let a figure of the page stand alone in a file: with a ground, and what it uses of the style sheet."""

import re
from importlib.resources import files

_COLOURS = re.compile(r":root \{([^}]*)\}")
_RULE = re.compile(r"((?:svg [^\s{},][^{},]*,?\s*)+)\{([^}]*)\}")
_CLASSES = re.compile(r'class="([^"]*)"')


def alone(drawn: str) -> str:
    """Return a drawing as the text of a file, in light or dark colours as its reader has them."""
    sheet = files("harness.report").joinpath("style.css").read_text()
    used = {name for names in _CLASSES.findall(drawn) for name in names.split()}
    rules = "svg{color-scheme:light dark}"
    for selectors, said in _RULE.findall(sheet):
        mine = [one.strip() for one in selectors.split(",") if set(re.findall(r"\.([\w-]+)", one)) <= used]
        rules += f"{','.join(mine)}{{{said.strip()}}}" if mine else ""
    ground = '<rect width="100%" height="100%" style="fill:var(--ground)"/>'
    named = set(re.findall(r"var\((--\w+)\)", rules + ground))
    light, dark = (_only(named, found) for found in _COLOURS.findall(sheet)[:2])
    head, end, rest = drawn.partition("</desc>")
    style = f"svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}{rules}"
    return f"{head}{end}<style>{style}</style>{ground}{rest}\n"


def _only(named: set[str], colours: str) -> str:
    return "".join(f"{name}:{value};" for name, value in re.findall(r"(--\w+): ([^;]+);", colours) if name in named)
