"""Reads the argparse definitions of a Python script from standard input without running it, and prints them as JSON.

Runs under `python3 -I -S`, bounded by limits that it sets for itself before it looks at a byte of the script.
"""

import resource
import sys

resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

import ast  # noqa: E402 (after the limits)
import json  # noqa: E402

MOST_PARAMS, MOST_CHOICES, MOST_TEXT = 200, 200, 2000
TYPES = {"int", "float", "str", "bool"}
FLAGS = {"store_true": "False", "store_false": "True"}
NO_LITERAL = (ValueError, TypeError, SyntaxError)


def constants(tree):
    """Names that the module gives one literal value, once, at its top level."""
    values, seen = {}, set()
    for node in tree.body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        values.pop(name, None)
        if name not in seen:
            try:
                values[name] = ast.literal_eval(node.value)
            except NO_LITERAL:
                pass
        seen.add(name)
    return values


def literal(node, known):
    """The value of a literal or of a known name; None for anything else."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    try:
        return ast.literal_eval(node)
    except NO_LITERAL:
        return None


def text(value):
    """As one would type it after --name=; None where there is no such text."""
    if isinstance(value, str):
        return value[:MOST_TEXT]
    return str(value) if isinstance(value, (bool, int, float)) else None


def choices(node, known):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and not node.keywords:
        bounds = [literal(each, known) for each in node.args]
        if 1 <= len(bounds) <= 3 and all(type(each) is int for each in bounds) and 0 not in bounds[2:]:
            return [str(each) for each in range(*bounds)[:MOST_CHOICES]]
    value = literal(node, known)
    if not isinstance(value, (list, tuple, set, dict)):
        return []
    texts = [text(each) for each in value]
    return [] if None in texts else texts[:MOST_CHOICES]


def type_of(words):
    """The type's name, "" where none is given, None for one that is no plain type."""
    node = words.get("type")
    if node is None:
        return ""
    return node.id if isinstance(node, ast.Name) and node.id in TYPES else None


def parameter(call, known):
    """What one add_argument says; None where it defines no --name."""
    options = [literal(each, known) for each in call.args]
    names = [each[2:] for each in options if isinstance(each, str) and each.startswith("--") and len(each) > 2]
    words = {word.arg: word.value for word in call.keywords if word.arg}
    action = words.get("action")
    action_name = literal(action, known) if action is not None else "store"
    boolean = "BooleanOptionalAction" in (getattr(action, "attr", ""), getattr(action, "id", ""))
    if not names or action_name in ("help", "version"):
        return None
    flag = boolean or action_name in ("store_true", "store_false", "store_const", "append_const", "count")
    default = text(literal(words["default"], known)) if "default" in words else None
    kind = type_of(words)
    if action_name in FLAGS or boolean:
        kind = "bool"
        default = default or FLAGS.get(action_name)
    elif kind == "":
        kind = "str"
    help_text = literal(words["help"], known) if "help" in words else None
    return {
        "name": names[0][:MOST_TEXT], "type": None if flag and kind != "bool" else kind, "default": default,
        "help": help_text.replace("%%", "%")[:MOST_TEXT] if isinstance(help_text, str) else None,
        "choices": choices(words["choices"], known) if "choices" in words else [],
        "required": literal(words["required"], known) is True if "required" in words else False, "flag": flag,
    }


def read(source):
    tree = ast.parse(source)
    known = constants(tree)
    params, names, known_only = [], set(), False
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        known_only = known_only or call.func.attr in ("parse_known_args", "parse_known_intermixed_args")
        if call.func.attr != "add_argument" or len(params) >= MOST_PARAMS:
            continue
        found = parameter(call, known)
        if found and found["name"] not in names:
            names.add(found["name"])
            params.append(found)
    return {"params": params, "parses_known_only": known_only}


def main():
    try:
        answer = read(sys.stdin.buffer.read())
    except SyntaxError as error:
        answer = {"error": "not_python", "line": error.lineno or 0, "message": str(error.msg)[:MOST_TEXT]}
    except ValueError:  # bytes that are no text
        answer = {"error": "not_python", "line": 0, "message": "no Python source"}
    except (RecursionError, MemoryError):
        answer = {"error": "too_complex"}
    sys.stdout.write(json.dumps(answer))


main()
