"""Values on their way into a statement: each gets a name and a type, none becomes part of the SQL."""


class Bound:
    """Collects the values of one statement. Calling it with a type and a value returns the SQL that stands for it."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def __call__(self, kind: str, value: object) -> str:
        """Bind a value as a type of the engine and return its placeholder, such as ``{p3:String}``."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"

    def text(self, value: str) -> str:
        """Bind a text; return SQL for it in lower case, as the engine lowers."""
        return f"lowerUTF8({self('String', value)})"

    def moment(self, us: int) -> str:
        """Bind microseconds since 1970; return SQL for the moment."""
        return f"fromUnixTimestamp64Micro({self('Int64', us)}, 'UTC')"
