"""The kinds of journal and leases that are held to one contract."""

from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.testing.memory_state import MemoryJournal, MemoryLeases

Ports = tuple[SqlJournal | MemoryJournal, SqlLeases | MemoryLeases]
