"""The image fields of manifest files, with their places."""

from collections.abc import Iterator
from typing import NamedTuple

from vivido.render.images import image_fields
from vivido.yamledit.document import Documents
from vivido.yamledit.edit import Path
from vivido.yamledit.values import plain_data


class ImageField(NamedTuple):
    """One image in a file.

    Attributes:
        document: Number of the document in the file.
        path: Keys and numbers from the document's root.
        image: As it is written.
        where: `file:line:column`.
    """

    document: int
    path: Path
    image: str
    where: str


def fields(documents: Documents) -> Iterator[ImageField]:
    """Yield the image fields of a file's documents.

    Raises:
        InputError: The documents cannot be read as plain data.
    """
    for number, root in enumerate(documents.roots):
        for path, _, image in image_fields(plain_data(root, documents.name)):
            node = documents.find(path, number)
            yield ImageField(number, path, image, documents.where(node) if node else documents.name)
