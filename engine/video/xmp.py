"""An XMP packet that holds named texts, and its place in a GIF, a PNG and a WebP file.

The field `AIGC` stands in the namespace that TC260's practice guide for pictures gives it;
all others stand in our own. Layouts as in Adobe's "XMP Specification Part 3".
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree

from PIL import Image

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
OWN = "urn:sketchlife:1.0:"
PREFIXES = {"x": "adobe:ns:meta/", "rdf": RDF, "TC260": TC260, "sketchlife": OWN}
PACKET_START = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
PACKET_END = '<?xpacket end="r"?>'
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
GIF_START = b"\x21\xff\x0bXMP DataXMP"
# a packet in a GIF is no chain of blocks; this trailer leads a reader of blocks out of it
GIF_END = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
GIF_COMMENT = b"\x21\xfe"
WEBP_XMP_FLAG = 0x04


def pack(pairs: Mapping[str, str]) -> bytes:
    """The packet. Names are those of XML; texts hold only characters that XML can write."""
    for prefix, uri in PREFIXES.items():
        ElementTree.register_namespace(prefix, uri)
    root = ElementTree.Element(f"{{{PREFIXES['x']}}}xmpmeta")
    rdf = ElementTree.SubElement(root, f"{{{RDF}}}RDF")
    described = ElementTree.SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    for name, text in pairs.items():
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} can't name a field of XMP")
        space = TC260 if name == "AIGC" else OWN
        ElementTree.SubElement(described, f"{{{space}}}{name}").text = text
    packet = ElementTree.tostring(root, encoding="unicode")
    return f"{PACKET_START}{packet}{PACKET_END}".encode()


def unpack(packet: bytes) -> dict[str, str]:
    described = ElementTree.fromstring(packet).find(f".//{{{RDF}}}Description")
    fields = [] if described is None else list(described)
    return {field.tag.rpartition("}")[2]: field.text or "" for field in fields}


def into_gif(data: bytes, packet: bytes, comment: str) -> bytes:
    """Between the palette that all frames share and the first frame; the comment is for the many
    readers that know no XMP in a GIF."""
    flags = data[10]
    start = 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    text = comment.encode()
    blocks = [text[at : at + 255] for at in range(0, len(text), 255)]
    chain = b"".join(bytes([len(block)]) + block for block in blocks) + b"\x00"
    said = GIF_COMMENT + chain if blocks else b""
    return data[:start] + GIF_START + packet + GIF_END + said + data[start:]


def out_of_gif(data: bytes) -> bytes | None:
    _, found, rest = data.partition(GIF_START)
    return rest.partition(GIF_END)[0] if found else None


def into_png(data: bytes, packet: bytes) -> bytes:
    """As an uncompressed iTXt chunk behind the header, which is always 33 bytes long."""
    body = b"iTXt" + b"XML:com.adobe.xmp\x00" + b"\x00\x00\x00\x00" + packet
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunk + data[33:]


def into_webp(data: bytes, packet: bytes) -> bytes:
    """As the last chunk, announced in the extended header, which a still file lacks."""
    chunks = data[12:]
    if not chunks.startswith(b"VP8X"):
        with Image.open(io.BytesIO(data)) as still:
            width, height = (struct.pack("<I", side - 1)[:3] for side in still.size)
        chunks = b"VP8X" + struct.pack("<II", 10, 0) + width + height + chunks
    announced = chunks[:8] + bytes([chunks[8] | WEBP_XMP_FLAG]) + chunks[9:]
    xmp = b"XMP " + struct.pack("<I", len(packet)) + packet + b"\x00" * (len(packet) % 2)
    body = b"WEBP" + announced + xmp
    return b"RIFF" + struct.pack("<I", len(body)) + body
