"""The steps of a schedule by their number (`kd_akt`), which stays the same where names are missing or wrong.

Owns what a step is called where the source says nothing or something else, its milestone type, and the periods it bounds.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Step(msgspec.Struct, frozen=True):
    """`title` stands where the source gives none, or always (`renamed`). `sections` are those of `mapping` for the periods it bounds."""

    title: str = ""
    renamed: bool = False
    type: str = ""
    sections: tuple[str, ...] = ()
    begins: bool = False
    """The first step, whose start is the announcement."""


STEPS: Final[dict[str, Step]] = {
    # Prequalification, two files.
    "172": Step("Pengumuman prakualifikasi", begins=True),
    "173": Step("Download dokumen prakualifikasi"),
    "174": Step("Penjelasan dokumen prakualifikasi", type="engagement"),
    "175": Step("Upload dokumen prakualifikasi"),
    "176": Step("Evaluasi dokumen kualifikasi", type="assessment"),
    "177": Step("Pembuktian kualifikasi", type="assessment"),
    "178": Step("Penetapan hasil kualifikasi", type="approval"),
    "179": Step("Pengumuman hasil prakualifikasi", renamed=True),
    "180": Step("Masa sanggah prakualifikasi"),
    "181": Step("Download dokumen pemilihan", sections=("opens",)),
    "182": Step("Penjelasan dokumen pemilihan", type="engagement", sections=("questions",)),
    "183": Step("Upload dokumen penawaran", sections=("closes",)),
    "184": Step("Pembukaan dan evaluasi penawaran file I", type="assessment", sections=("evaluates",)),
    "186": Step("Pengumuman peringkat teknis"),
    "187": Step("Pembukaan dan evaluasi penawaran file II", type="assessment"),
    "188": Step("Penetapan pemenang", type="approval", sections=("decides",)),
    "189": Step("Pengumuman pemenang"),
    "190": Step("Masa sanggah"),
    "191": Step("Klarifikasi dan negosiasi teknis dan biaya", type="assessment"),
    "193": Step("Surat penunjukan penyedia barang/jasa"),
    "194": Step("Penandatanganan kontrak"),
    # Qualification afterwards, one file.
    "291": Step("Pengumuman pascakualifikasi", sections=("opens",), begins=True),
    "292": Step("Download dokumen pemilihan dan kualifikasi"),
    "293": Step("Penjelasan dokumen pemilihan", type="engagement", sections=("questions",)),
    "294": Step("Upload dokumen penawaran", sections=("closes",)),
    "295": Step("Pembukaan dokumen penawaran", type="assessment", sections=("evaluates",)),
    "296": Step("Evaluasi administrasi, kualifikasi, teknis, dan harga", type="assessment"),
    "297": Step("Pembuktian kualifikasi", type="assessment"),
    "298": Step("Penetapan pemenang", type="approval", sections=("decides",)),
    "299": Step("Pengumuman pemenang"),
    "300": Step("Masa sanggah"),
    "301": Step("Surat penunjukan penyedia barang/jasa"),
    "302": Step("Penandatanganan kontrak"),
    # Direct procurement.
    "1": Step("Pemasukan penawaran", sections=("opens", "closes"), begins=True),
    "2": Step("Pembukaan penawaran", type="assessment", sections=("evaluates",)),
    "3": Step("Evaluasi penawaran", type="assessment"),
    "4": Step("Klarifikasi dan negosiasi", type="assessment", sections=("decides",)),
    "5": Step("Penandatanganan SPK"),
}
OPENING_SECTION: Final = "evaluates"
"""The step whose start is the opening of proposals."""
