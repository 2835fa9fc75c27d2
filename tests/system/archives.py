"""Archives for data sets, good and hostile, as bytes."""

import io
import stat
import tarfile
import zipfile


def zip_of(files, compression=zipfile.ZIP_STORED):
    """Entries by name: bytes or text, or a ZipInfo in place of the name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_link(name, target):
    """A zip whose one entry is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3  # Unix: the mode lies in the upper half of the attributes
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zip_of({info: target})


def tar_of(files, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_entry(name, **fields):
    """A tar whose one entry has these fields of TarInfo."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(name)
        for field, value in fields.items():
            setattr(info, field, value)
        archive.addfile(info)
    return buffer.getvalue()
