"""Makes the archives that the tests unpack, good and hostile ones, in the directory given."""
import gzip
import io
import os
import struct
import sys
import tarfile
import zipfile
import zlib

out = sys.argv[1]
os.chdir(out)


def zip_of(name, entries, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, "w", method) as archive:
        for path, content in entries:
            archive.writestr(path, content)


def tar_of(name, members, mode="w"):
    with tarfile.open(name, mode) as archive:
        for member, content in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content) if member.isreg() else None)


def member(path, kind=tarfile.REGTYPE, link="", mode=0o644):
    info = tarfile.TarInfo(path)
    info.type, info.linkname, info.mode = kind, link, mode
    return info


def plain(path, content=b"x"):
    return member(path), content


GOOD = [("a.txt", b"alpha\n"), ("dir/b.bin", bytes(range(256)) * 1000), ("dir/deep/c", b"")]
zip_of("good.zip", GOOD)
zip_of("stored.zip", GOOD, zipfile.ZIP_STORED)
for name, mode in (("good.tar", "w"), ("good.tar.gz", "w:gz")):
    tar_of(name, [plain(path, content) for path, content in GOOD], mode)
zip_of("empty.zip", [])
zip_of("dots.zip", [("./a.txt", "1"), ("b//c.txt", "2"), ("d/", "")])
zip_of("unicode.zip", [("数据/训练集.txt", "好")])
zip_of("case.zip", [("Data.txt", "upper"), ("data.txt", "lower")])

# A zip as old Chinese Windows wrote it: GBK bytes, no UTF-8 flag. Same length, so patched in place.
zip_of("gbk.zip", [("????/????.txt", "ok")])
raw = open("gbk.zip", "rb").read().replace(b"????/????.txt", "图片/猫狗.txt".encode("gbk"))
open("gbk.zip", "wb").write(raw)
# The same lie the other way round: the flag is set, the bytes are GBK all the same.
mislabelled = bytearray(raw)
for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
    struct.pack_into("<H", mislabelled, mislabelled.index(signature) + flags, 0x800)
open("gbk-flagged.zip", "wb").write(mislabelled)
tar_of("gbk.tar", [plain("placeholder!")])
raw = bytearray(open("gbk.tar", "rb").read())
raw[0:12] = "数据集一".encode("gbk").ljust(12, b"\0")
raw[148:156] = b" " * 8
raw[148:156] = b"%06o\0 " % sum(raw[0:512])
open("gbk.tar", "wb").write(raw)

# Climbers.
zip_of("slip.zip", [("ok.txt", "1"), ("../evil.txt", "2")])
zip_of("absolute.zip", [("/tmp/evil.txt", "2")])
tar_of("slip.tar", [plain("a/../../evil.txt")])
tar_of("absolute.tar", [plain("/tmp/evil.txt")])
SYM, HARD = tarfile.SYMTYPE, tarfile.LNKTYPE
tar_of("link-absolute.tar", [(member("l", SYM, "/etc/passwd"), b"")])
tar_of("link-up.tar", [(member("d/l", SYM, "../../x"), b"")])
# Read as text, "t" stays inside; but "x/y/up" is the root.
tar_of("link-chain.tar", [plain("x/y/f"), (member("x/y/up", SYM, "../.."), b""),
                          (member("t", SYM, "x/y/up/../evil.txt"), b"")])
tar_of("link-through.tar", [(member("d", tarfile.DIRTYPE), b""), (member("l", SYM, "d"), b""),
                            plain("l/evil.txt")])
tar_of("link-swap.tar", [plain("x/f"), (member("x", SYM, "elsewhere"), b"")])
tar_of("hard-out.tar", [(member("h", HARD, "../../etc/passwd"), b"")])
tar_of("hard-absolute.tar", [(member("h", HARD, "/etc/passwd"), b"")])
tar_of("hard-link-to-link.tar", [(member("l", SYM, "nowhere"), b""), (member("h", HARD, "l"), b"")])
tar_of("hard-missing.tar", [(member("h", HARD, "not-there"), b"")])
tar_of("links-inside.tar", [plain("d/f", b"hello"), (member("d/s", SYM, "f"), b""),
                            (member("e/up", SYM, "../d/f"), b""), (member("h", HARD, "d/f"), b""),
                            (member("dangling", SYM, "d/missing"), b"")])
zip_link = zipfile.ZipInfo("l")
zip_link.create_system = 3
zip_link.external_attr = 0o120777 << 16
zip_of("link-out.zip", [(zip_link, "../../etc/passwd")])

# Things no data set holds.
for name, kind in (("device", tarfile.CHRTYPE), ("block", tarfile.BLKTYPE), ("fifo", tarfile.FIFOTYPE)):
    tar_of(name + ".tar", [(member("x", kind), b"")])
tar_of("modes.tar", [(member("setuid", mode=0o6755), b"x"), (member("secret", mode=0o000), b"x"),
                     (member("d", tarfile.DIRTYPE, mode=0o1000), b""), plain("d/inside")])

# Contradictions and repetitions.
tar_of("twice.tar", [plain("f", b"first, and longer"), plain("f", b"second")])
tar_of("file-then-directory.tar", [plain("a"), plain("a/b")])
tar_of("directory-then-file.tar", [plain("a/b"), plain("a")])

# Limits.
zip_of("bomb.zip", [("zeros", bytes(40 << 20))])
tar_of("bomb.tar.gz", [plain("zeros", bytes(40 << 20))], "w:gz")
zip_of("deep.zip", [("/".join("d" * 80), "x")])
zip_of("long-path.zip", [("/".join(["p" * 200] * 11), "x")])
zip_of("long-name.zip", [("n" * 256, "x")])
sparse = member("sparse")
sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "sparse",
                      "GNU.sparse.realsize": str(1 << 50)}
sparse.size = 512
with tarfile.open("sparse-bomb.tar", "w", format=tarfile.PAX_FORMAT) as archive:
    archive.addfile(sparse, io.BytesIO(b"1\n0\n0\n".ljust(512, b"\0")))

# Damage.
good = open("stored.zip", "rb").read()
at = good.index(bytes(range(256))) + 5000
open("damaged.zip", "wb").write(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1:])
open("cut.zip", "wb").write(good[:len(good) // 2])
packed = open("good.tar.gz", "rb").read()
open("cut.tar.gz", "wb").write(packed[:len(packed) // 2])
open("damaged.tar.gz", "wb").write(packed[:-8] + b"\0\0\0\0" + packed[-4:])
open("cut.tar", "wb").write(open("good.tar", "rb").read()[:20000])
open("not-an-archive.zip", "wb").write(b"hello, I am a text file\n" * 100)
open("nothing.zip", "wb").write(b"")
# The flag "encrypted" in both headers is what a reader sees first.
locked = bytearray(open("good.zip", "rb").read())
for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
    start = -1
    while (start := locked.find(signature, start + 1)) >= 0:
        value = struct.unpack_from("<H", locked, start + flags)[0]
        struct.pack_into("<H", locked, start + flags, value | 1)
open("encrypted.zip", "wb").write(locked)

# More ways to climb: what other systems call a separator, long names kept in headers of their own, and links
# that lead to the place that the next entry is to be written to.
backslash = zipfile.ZipInfo("x")
backslash.filename, backslash.create_system = "..\\..\\evil.txt", 0
zip_of("slip-backslash.zip", [(backslash, "2")])
drive = zipfile.ZipInfo("x")
drive.filename, drive.create_system = "C:\\evil.txt", 0
zip_of("drive.zip", [(drive, "2")])
with tarfile.open("slip-long.tar", "w", format=tarfile.GNU_FORMAT) as archive:
    archive.addfile(member("a/" * 60 + "../" * 61 + "evil.txt"))
with tarfile.open("slip-pax.tar", "w", format=tarfile.PAX_FORMAT) as archive:
    hidden = member("harmless.txt")
    hidden.pax_headers = {"path": "../evil.txt"}
    archive.addfile(hidden)
with tarfile.open("link-pax.tar", "w", format=tarfile.PAX_FORMAT) as archive:
    hidden = member("l", SYM, "harmless.txt")
    hidden.pax_headers = {"linkpath": "../../etc/passwd"}
    archive.addfile(hidden)


def zip_link_of(name, path, target, entries=()):
    link = zipfile.ZipInfo(path)
    link.create_system, link.external_attr = 3, 0o120777 << 16
    zip_of(name, [(link, target), *entries])


zip_link_of("link-through.zip", "l", ".", [("l/evil.txt", "x")])
zip_link_of("link-absolute.zip", "l", "/tmp", [("l/evil.txt", "x")])
zip_link_of("link-up.zip", "d/l", "../..", [("d/l/evil.txt", "x")])
device = zipfile.ZipInfo("x")
device.create_system, device.external_attr = 3, 0o020666 << 16
zip_of("device.zip", [(device, "")])
setuid = zipfile.ZipInfo("setuid")
setuid.create_system, setuid.external_attr = 3, 0o106755 << 16
zip_of("setuid.zip", [(setuid, "x")])

# Names that only some systems take for one.
zip_of("normal-forms.zip", [("e\u0301.txt", "decomposed"), ("\u00e9.txt", "composed")])

# Archives within archives: what is inside stays a file.
zip_of("inner.zip", [("zeros", bytes(20 << 20))])
inner = open("inner.zip", "rb").read()
zip_of("nested.zip", [(f"{number}.zip", inner) for number in range(20)], zipfile.ZIP_STORED)
open("twice.tar.gz.gz", "wb").write(gzip.compress(open("bomb.tar.gz", "rb").read()))


def central_directory(entries, offset):
    """Of (name, crc, packed, size, local offset); with the record that ends it."""
    directory = b"".join(
        struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0x21, crc, packed, size, len(name), 0, 0, 0, 0,
                    0, local) + name for name, crc, packed, size, local in entries)
    return directory + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), offset, 0)


def local_header(name, crc, packed, size):
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0x21, crc, packed, size, len(name), 0) + name


def deflate(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


# Many entries of the directory lead to one and the same file.
zeros = bytes(1 << 20)
packed, crc = deflate(zeros), zlib.crc32(zeros)
body = local_header(b"f000", crc, len(packed), len(zeros)) + packed
open("overlap-same.zip", "wb").write(
    body + central_directory([(b"f%03d" % number, crc, len(packed), len(zeros), 0) for number in range(100)], len(body)))
# Each file quotes the header of the next as a stored block of its own, so all share the last one's bytes.
headers, names = [], [b"q%03d" % number for number in range(100)]
tail, sizes = local_header(names[-1], crc, len(packed), len(zeros)) + packed, [(crc, len(packed), len(zeros))]
content, stored = zeros, packed
for name in reversed(names[:-1]):
    quoted = local_header(names[names.index(name) + 1], *sizes[-1])
    content = quoted + content
    stored = struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF) + quoted + stored
    sizes.append((zlib.crc32(content), len(stored), len(content)))
whole, offsets = b"", []
for name, size in zip(names, reversed(sizes)):
    offsets.append(len(whole))
    whole += local_header(name, *size)
    if name != names[-1]:
        quoted = local_header(names[names.index(name) + 1], *sizes[len(names) - 2 - names.index(name)])
        whole += struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF)
whole += packed
open("overlap-quoted.zip", "wb").write(
    whole + central_directory([(name, *size, offset) for name, size, offset in zip(names, reversed(sizes), offsets)], len(whole)))

# More entries than two bytes can count, sizes that need eight, and sums that are wrong.
zip_of("many.zip", [(f"{number % 64}/{number}", b"") for number in range(66_000)], zipfile.ZIP_STORED)
with zipfile.ZipFile("zip64.zip", "w") as archive:
    with archive.open("big.txt", "w", force_zip64=True) as file:
        file.write(b"not that big")
honest = bytearray(open("good.zip", "rb").read())
for signature, place in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
    struct.pack_into("<I", honest, honest.index(signature) + place, 0xDEADBEEF)
open("bad-crc.zip", "wb").write(honest)
open("no-directory.zip", "wb").write(open("good.zip", "rb").read()[:-22])
far = bytearray(open("good.zip", "rb").read())
struct.pack_into("<I", far, far.rindex(b"PK\x01\x02") + 42, 0x7FFFFFFF)
open("far-away.zip", "wb").write(far)
