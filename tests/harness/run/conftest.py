"""Lend the miniature project to this room's tests."""

from tests.harness.miniature import miniature as miniature
