"""What HCL is made of, with the place of each part in the text."""

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Expression:
    """A value as it is written.

    Attributes:
        start: Offset of its first character in the text.
        end: Offset after its last.
        line: From 1.
        column: From 1.
    """

    start: int
    end: int
    line: int
    column: int

    @property
    def position(self) -> str:
        """`line:column`."""
        return f"{self.line}:{self.column}"


@dataclass(slots=True, eq=False)
class Literal(Expression):
    """A value that stands there: text, number, `true`, `null`; `style` is `"` for quoted text, `<<` for a heredoc."""

    value: str | int | float | bool | None
    style: str = ""


@dataclass(slots=True, eq=False)
class Template(Expression):
    """Quoted text with `${…}` in it: texts and expressions in turn."""

    parts: tuple[str | Expression, ...]


@dataclass(slots=True, eq=False)
class Items(Expression):
    """`[…]`."""

    items: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Object(Expression):
    """`{…}`: keys with values. A key that is computed is an expression, every other one a text."""

    entries: tuple[tuple[str | Expression, Expression], ...]


@dataclass(slots=True, eq=False)
class Traversal(Expression):
    """A name with what follows it: `var.image.tag` is `("var", "image", "tag")`."""

    path: tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Computed(Expression):
    """Anything that only Terraform can work out; `why` names it for people, `parts` are the expressions inside."""

    why: str
    parts: tuple[Expression, ...]


@dataclass(slots=True, eq=False)
class Attribute:
    """`name = value`, with the file that it is in."""

    name: str
    value: Expression
    file: "File"

    @property
    def where(self) -> str:
        """`file:line:column` of the value."""
        return self.file.where(self.value)


@dataclass(slots=True, eq=False)
class Body:
    """What stands between braces, or a whole file."""

    attributes: dict[str, Attribute] = field(default_factory=dict[str, Attribute])
    blocks: list["Block"] = field(default_factory=list["Block"])

    def value(self, name: str) -> Expression | None:
        """Return an attribute's value, None where there is no such attribute."""
        found = self.attributes.get(name)
        return found.value if found else None

    def of(self, kind: str) -> list["Block"]:
        """Return the blocks of a type, in order."""
        return [block for block in self.blocks if block.type == kind]


@dataclass(slots=True, eq=False)
class Block:
    """`type "label" { … }`, with the file that it is in."""

    type: str
    labels: tuple[str, ...]
    body: Body
    file: "File"
    position: str


@dataclass(slots=True, eq=False)
class File:
    """One file that was read. `text` is without a byte order mark, `bom` is that mark or nothing."""

    name: str
    bom: str
    text: str
    body: Body = field(default_factory=Body)

    def where(self, expression: Expression) -> str:
        """Return `file:line:column`."""
        return f"{self.name}:{expression.position}"

    def source(self, expression: Expression) -> str:
        """Return an expression's text, blanks put together."""
        return " ".join(self.text[expression.start : expression.end].split())


def inside(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions directly inside of one."""
    match expression:
        case Template(parts=parts):
            return tuple(p for p in parts if isinstance(p, Expression))
        case Items(items=items):
            return items
        case Object(entries=entries):
            return tuple(e for pair in entries for e in pair if isinstance(e, Expression))
        case Computed(parts=parts):
            return parts
        case _:
            return ()
