"""Name a set of encoders as a value, always in pool order.

A subset is written `clip+sam`, the empty one `none`: it is no member of the lattice, but all encoders can be masked,
and a model can do without any. The words `all`, `size:2`, `with:sam` and `without:convnext` stand for several subsets.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from pydantic import ConfigDict, RootModel, model_validator

from harness.errors import UnknownName, UsageError

SEPARATOR = "+"
NOTHING = "none"


class Subset(RootModel[str]):
    """Hold one subset by its slug: the members' names joined by `+` in pool order, `none` where there are none."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _from_names(cls, value: Any) -> Any:
        return SEPARATOR.join(value) if isinstance(value, tuple | list) else value

    @model_validator(mode="after")
    def _members_are_unique(self) -> "Subset":
        names = self.names
        if not all(names) or NOTHING in names:
            raise ValueError(f"a subset names at least one encoder and no empty name, or it is '{NOTHING}' alone")
        if len(set(names)) != len(names):
            raise ValueError(f"'{self.root}' names an encoder twice")
        return self

    @classmethod
    def of(cls, names: Iterable[str], pool: Sequence[str]) -> "Subset":
        """Put known names into pool order.

        Raises:
            UnknownName: a name is not in the pool.
            UsageError: no name, or one twice.
        """
        given = list(names)
        for name in given:
            if name not in pool:
                raise UnknownName("encoder", name, pool)
        if not given or len(set(given)) != len(given):
            raise UsageError(f"a subset names one or more different encoders; came '{SEPARATOR.join(given)}'")
        return cls.model_validate(SEPARATOR.join(name for name in pool if name in given))

    @classmethod
    def parse(cls, text: str, pool: Sequence[str]) -> "Subset":
        """Read one subset such as `sam+clip` (any order), `all` or `none`.

        Raises:
            UnknownName, UsageError: as `of`.
        """
        if text == NOTHING:
            return EMPTY
        return cls.of(pool if text == "all" else text.split(SEPARATOR), pool)

    @classmethod
    def select(cls, text: str, pool: Sequence[str]) -> tuple["Subset", ...]:
        """Read a word that stands for one or more subsets: `lattice`, `size:k`, `with:e`, `without:e`, or one subset.

        Raises:
            UnknownName, UsageError: as `of`, and for a size outside 1..len(pool).
        """
        word, _, argument = text.partition(":")
        everything = lattice(pool)
        if text == "lattice":
            return everything
        if word == "size":
            if argument not in {str(size) for size in range(1, len(pool) + 1)}:
                raise UsageError(f"size:k needs k from 1 to {len(pool)}; came '{text}'")
            return tuple(subset for subset in everything if len(subset) == int(argument))
        if word in {"with", "without"} and argument:
            if argument not in pool:
                raise UnknownName("encoder", argument, pool)
            return tuple(subset for subset in everything if (argument in subset) == (word == "with"))
        return (cls.parse(text, pool),)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the members in pool order."""
        return () if self.root == NOTHING else tuple(self.root.split(SEPARATOR))

    @property
    def slug(self) -> str:
        """Return the written form, `clip+sam`."""
        return self.root

    def mask(self, pool: Sequence[str]) -> int:
        """Return the bit mask: bit i is set when the pool's i-th encoder is a member."""
        return sum(1 << index for index, name in enumerate(pool) if name in self)

    def with_(self, name: str, pool: Sequence[str]) -> "Subset":
        """Return the subset with one more member."""
        return Subset.of({*self.names, name}, pool)

    def without(self, name: str) -> "Subset":
        """Return the subset without one member.

        Raises:
            UsageError: nothing would be left.
        """
        rest = tuple(member for member in self.names if member != name)
        if not rest:
            raise UsageError(f"'{self.slug}' without '{name}' is empty; the empty subset is written '{NOTHING}'")
        return Subset.model_validate(rest)

    def __le__(self, other: "Subset") -> bool:
        """Tell whether every member is in the other subset."""
        return set(self.names) <= set(other.names)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __len__(self) -> int:
        return len(self.names)

    def __str__(self) -> str:
        return self.root


EMPTY = Subset.model_validate(NOTHING)


def lattice(pool: Sequence[str]) -> tuple[Subset, ...]:
    """List the 2^n - 1 non-empty subsets, small ones first, each size in pool order."""
    return tuple(Subset.model_validate(names) for size in range(1, len(pool) + 1) for names in combinations(pool, size))
