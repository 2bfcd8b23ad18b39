"""Where the text of a collection changes when a key or an item comes or goes."""

from vivido.yamledit import lines
from vivido.yamledit.splice import Splice
from vivido.yamledit.tree import Mapping, Node, Scalar, Sequence, children, content_end
from vivido.yamledit.write import Data, entry, flow, item, scalar

Surroundings = tuple[Node | None, Mapping | Sequence | None]
"""The document's root, whose habits are followed, and the collection that holds the one to change."""


def insert(
    text: str, around: Surroundings, node: Node | None, key: str, value: Data, after: str = ""
) -> tuple[Splice, ...]:
    """Return the splices that add `key: value` to a mapping, or to an empty place that becomes one."""
    dash, step = _habits(around[0])
    if not isinstance(node, Mapping) or not node.entries:
        return _fill(text, around, node, {key: value})
    old_key, old_value = next(
        ((k, v) for k, v in node.entries if isinstance(k, Scalar) and k.value == after), node.entries[-1]
    )
    if node.flow:
        style = _quotes(node)
        new = f"{scalar(key, style=style, flow=True)}: {flow(value, style=style)}"
        return (_behind_in_flow(text, old_key, old_value, new),)
    new_lines = entry(key, value, indent=node.entries[0][0].column, dash=dash, step=step)
    return (lines.below(text, content_end(old_value, text), new_lines),)


def extend(text: str, around: Surroundings, node: Node | None, values: list[Data]) -> tuple[Splice, ...]:
    """Return the splices that add items to a sequence, or to an empty place that becomes one."""
    if not isinstance(node, Sequence) or not node.items:
        return _fill(text, around, node, values)
    first, last = node.items[0], node.items[-1]
    if node.flow:
        return tuple(_behind_in_flow(text, last, last, flow(value, style=_quotes(node))) for value in values)
    dash, step = _habits(around[0])
    on_its_line = first.line == node.line and first.start < first.end
    gap = first.column - node.column - 1 if on_its_line else 1
    new_lines = [line for v in values for line in item(v, indent=node.column, dash=dash, gap=gap, step=step)]
    return (lines.below(text, content_end(last, text), new_lines),)


def remove(text: str, parent: Mapping, key: Scalar) -> tuple[Splice, ...]:
    """Return the splices that take a key and its value out of a mapping."""
    number = next(i for i, (k, _) in enumerate(parent.entries) if k is key)
    end = content_end(parent.entries[number][1], text)
    following = parent.entries[number + 1][0] if number + 1 < len(parent.entries) else None
    if parent.flow and number > 0:
        return (Splice(content_end(parent.entries[number - 1][1], text), end, ""),)
    if parent.flow:
        return (Splice(key.start, following.start if following else end, ""),)
    if following is None and number == 0:
        return (Splice(key.start, end, "{}"),)
    if lines.is_blank_before(text, key.start):
        return (lines.whole(text, key.start, end),)
    return (Splice(key.start, lines.join_point(text, end, following.start if following else end), ""),)


def drop(text: str, parent: Sequence, number: int) -> tuple[Splice, ...]:
    """Return the splices that take an item out of a list."""
    one, end = parent.items[number], content_end(parent.items[number], text)
    if len(parent.items) == 1:
        # What follows a list that is empty now would become its item.
        return (Splice(parent.start, max(end, parent.end if parent.flow else end), "[]"),)
    if parent.flow and number > 0:
        return (Splice(content_end(parent.items[number - 1], text), end, ""),)
    if parent.flow:
        return (Splice(one.start, parent.items[1].start, ""),)
    return (lines.whole(text, one.start, end),)


def _fill(text: str, around: Surroundings, node: Node | None, value: Data) -> tuple[Splice, ...]:
    root, parent = around
    dash, step = _habits(root)
    if node is None:
        return (lines.at_end(text, _block(value, indent=0, dash=dash, step=step)),)
    if not isinstance(parent, Mapping) or parent.flow:
        space = "" if node.start < node.end or text[node.start - 1 : node.start] == " " else " "
        return (Splice(node.start, node.end, space + flow(value, style=_quotes(parent))),)
    column = parent.entries[0][0].column + (step if isinstance(value, dict) else dash)
    kept = len(text[: node.start].rstrip(" "))
    new_lines = _block(value, indent=column, dash=dash, step=step)
    return (Splice(kept, node.end, ""), lines.below(text, node.end, new_lines))


def _block(value: Data, *, indent: int, dash: int, step: int) -> list[str]:
    if isinstance(value, dict):
        return [line for k, v in value.items() for line in entry(k, v, indent=indent, dash=dash, step=step)]
    return [line for v in value for line in item(v, indent=indent, dash=dash, step=step)]


def _behind_in_flow(text: str, old: Node, old_value: Node, new: str) -> Splice:
    at = max(old.end, old_value.end)
    lead = f"{lines.line_break(text, at)}{lines.before(text, old.start)}"
    return Splice(at, at, "," + (lead if lines.is_blank_before(text, old.start) else " ") + new)


def _quotes(node: Node | None) -> str:
    """Return `"` where a flow collection is written as JSON: its first word has double quotes."""
    while node is not None and not isinstance(node, Scalar):
        node = next(children(node), None)
    return '"' if isinstance(node, Scalar) and node.style == '"' else ""


def _habits(root: Node | None) -> tuple[int, int]:
    """Return how far this document indents dashes, and keys, under a key; 0 and 2 where it shows neither."""
    dash, step = None, None
    todo = [root] if root else []
    while todo and (dash is None or step is None):
        node = todo.pop(0)
        if isinstance(node, Mapping) and not node.flow:
            for key, value in node.entries:
                if dash is None and isinstance(value, Sequence) and not value.flow:
                    dash = max(value.column - key.column, 0)
                if step is None and isinstance(value, Mapping) and not value.flow:
                    step = value.column - key.column
        todo.extend(children(node))
    return dash or 0, step if step and step > 0 else 2
