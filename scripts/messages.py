"""Write docs/messages.md: every sentence the program can say, taken from the code."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "messages.md"
HEAD = """\
# Every message

What Driftscope can say to you, by the part that says it; *italics* stand for what differs from
case to case. Each says what happened, to what, and what to try. None of them stops the program; a
source that cannot be opened or is lost for good ends `driftscope watch` with exit status 3, and in
the window it is told where the plots would stand. What turning a parameter does stands in
[parameters.md](parameters.md), what is guaranteed in [limits.md](limits.md).

Made by `make docs` from the code: look for the words of a message that you have seen.
"""
KEYWORDS = {"help", "tip"}
"""Explanations, not messages."""
EXPLAINS = {"setToolTip", "setStatusTip", "setWhatsThis", "setAccessibleDescription"}
SENTENCE = re.compile(r"[A-Z⟨‘“-].*\s\S.*[.!?]\Z", re.DOTALL)
REASON = re.compile(r"[a-z][^.=<>]* [^.=<>]*\Z")
LONGEST = 80
"""Signs of a title."""
AREAS = (
    ("core/sources", "Sources"),
    ("core/transports", "Sources"),
    ("core/capture", "Sources"),
    ("core/decoders", "Reading what a device sends"),
    ("core/models", "Learning"),
    ("core/picture", "Learning from pictures"),
    ("core/detectors", "Flagging"),
    ("core/sinks", "Keeping results"),
    ("core/export", "Keeping results"),
    ("core", "The program"),
    ("gui", "The window"),
)


def sentences(path: Path) -> list[str]:
    """Return the messages of one file in their order, each once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [text for node in _said(tree) if (text := _text(node)) and SENTENCE.match(text)]
    if "decoders" in path.parts:
        found += [f"Rejected: {text}." for text in _reasons(tree) if REASON.match(text)]
    return list(dict.fromkeys(found))


def _reasons(tree: ast.AST) -> Iterator[str]:
    """Give why lines are rejected: what stands behind a kind, in a pair or a call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            yield _text(node.elts[1])
        elif isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func)
            if name == "Verdict" or name.endswith("rejects.add"):
                yield from map(_text, node.args[2:])
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reason":
            yield _text(node.value)


def _said(node: ast.AST) -> Iterator[ast.expr]:
    """Give the texts of a tree that may be shown, without docstrings and explanations."""
    if isinstance(node, ast.Constant | ast.JoinedStr):
        yield node
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.keyword) and node.arg in KEYWORDS:
        return
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in EXPLAINS or name.endswith("_compile") or name == "compile":
            return
    if isinstance(node, ast.Assign) and any("TIP" in ast.unparse(each) for each in node.targets):
        return
    for child in ast.iter_child_nodes(node):
        yield from _said(child)


def _text(node: ast.expr) -> str:
    """Return a text as it is shown, with what is filled in between ⟨ and ⟩."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = []
    for part in node.values if isinstance(node, ast.JoinedStr) else []:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            parts.append(f"⟨{_name(part.value)}⟩")
    return "".join(parts)


def _name(value: ast.expr) -> str:
    """Return a word for what is filled in: its last name in the code."""
    words = re.findall(r"[a-z_]{2,}", ast.unparse(value).lower())
    skipped = {"self", "str", "len", "name", "join", "words", "masked", "shortened", "plural"}
    kept = [word.strip("_") for word in words if word not in skipped]
    return (kept[-1] if kept else words[-1] if words else "value").replace("_", " ")


def page() -> str:
    """Return the whole page."""
    parts, done = [HEAD], set()
    for folder, area in AREAS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path in done or not _under(path, folder):
                continue
            done.add(path)
            if said := sentences(path):
                if f"\n## {area}\n" not in parts:
                    parts.append(f"\n## {area}\n")
                parts.append(f"\n### {_title(path)}\n\n")
                parts += [f"- {_marked(text)}\n" for text in said]
    return "".join(parts)


def _title(path: Path) -> str:
    """Return the first words of what a file says of itself."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    sentence = re.split(r"[.:;](?:\s|$)", " ".join(doc.split()))[0]
    return sentence if len(sentence) <= LONGEST else sentence.partition(",")[0]


def _under(path: Path, folder: str) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(folder)


def _marked(text: str) -> str:
    """Return a message for the page, what differs in italics."""
    text = re.sub(r"\{(\w*)\}", r"⟨\1⟩", text)  # filled in by str.format
    text = re.sub(r"([*_|<>`\\])", r"\\\1", " ".join(text.split()))
    return re.sub(r"⟨([^⟩]*)⟩", lambda found: f"*{found[1]}*", text)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else "docs/messages.md is old")
    PAGE.write_text(page(), encoding="utf-8")
