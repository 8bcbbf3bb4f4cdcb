"""The tables of INAPROC that the adapter takes, and the columns that no release tells, each with its reason."""

from __future__ import annotations

from typing import Final

from prasasti.integrations.tables.mapping import Table, Unmapped

PROGRAM: Final = "program-master"
UNIT: Final = "master-satker"
NOTICE: Final = "pengumuman"
STEP: Final = "jadwal-tahapan-tender"
BIDDER: Final = "peserta-tender"
RESULT: Final = "tender-selesai-nilai"
CONTRACT: Final = "tender-ekontrak-kontrak"
DIRECT: Final = "non-tender-pengumuman"
DIRECT_STEP: Final = "jadwal-tahapan-non-tender"
DIRECT_RESULT: Final = "non-tender-selesai"
DIRECT_CONTRACT: Final = "non-tender-ekontrak-kontrak"
RECORD: Final = "pencatatan-non-tender"
PAYMENT: Final = "pencatatan-non-tender-realisasi"

TABLES: Final = (
    Table(PROGRAM, "programmes of each unit with their budget", ("kd_program",), "tahun_anggaran", ("last_update_ref",)),
    Table(UNIT, "units of ministries and agencies", ("kd_satker",), "", ("last_update_ref",)),
    Table(NOTICE, "tenders announced", ("kd_tender",), "tahun_anggaran", ("last_update_ref",)),
    Table(STEP, "schedule of tenders", ("dtj_id",), "tahun_anggaran", ("last_update_ref",), "kd_tender"),
    Table(BIDDER, "bidders of tenders", ("kd_tender", "kd_peserta"), "tahun_anggaran", ("last_update_ref",)),
    Table(RESULT, "results of tenders", ("kd_tender", "psr_id"), "tahun_anggaran", ("last_update_ref",)),
    Table(
        CONTRACT, "contracts of tenders, each version", ("kd_tender", "kd_penyedia", "versi_addendum"), "tahun_anggaran",
        ("last_update_ref",),
    ),
    Table(DIRECT, "non-tender purchases announced", ("kd_nontender",), "tahun_anggaran", ("last_update_ref",)),
    Table(DIRECT_STEP, "schedule of non-tender purchases", ("dtj_id",), "tahun_anggaran", ("last_update_ref",), "kd_nontender"),
    Table(DIRECT_RESULT, "results of non-tender purchases", ("kd_nontender",), "tahun_anggaran", ("last_update_ref",)),
    Table(
        DIRECT_CONTRACT, "contracts of non-tender purchases, each version", ("kd_nontender", "versi_addendum"), "tahun_anggaran",
        ("last_update_ref",),
    ),
    Table(RECORD, "purchases recorded afterwards", ("kd_nontender_pct",), "tahun_anggaran", ("last_update_ref",)),
    Table(
        PAYMENT, "realisation of recorded purchases", ("kd_nontender_pct", "no_realisasi", "tgl_realisasi"), "tahun_anggaran",
        ("last_update_ref",),
    ),
)  # fmt: skip

_COPY: Final = "a copy of the same column in the announcement"
_KIND: Final = "kind of ministry, agency or region: OCDS has no field for it"
_LPSE: Final = "the office that runs the system: its number ends every other number here"
_NO_FIELD: Final = "OCDS 1.1.5 has no field for it"
_FREE_TEXT: Final = "free text of any length by many hands, which may name persons"
_EMPTY: Final = "empty in every row seen"
_SMALL_FIRMS: Final = "share of small firms: OCDS has no field for it, and it is a part of another amount"
_DOMESTIC: Final = "share of domestic products: OCDS has no field for it, and it is a part of another amount"
_INNER: Final = "number of the unit inside the system; kd_satker_str is the state's"
_NAME: Final = "an official's post, which may hold a name"
_PROVIDER: Final = "number in a register of its own: the tax number identifies, and a person's must not stand here twice"

_UNMAPPED: Final[dict[str, dict[str, str]]] = {
    PROGRAM: {"jenis_klpd": _KIND, "kd_program_lokal": _EMPTY},
    UNIT: {
        "kode_eselon": _NO_FIELD,
        "jenis_klpd": _KIND,
        "jenis_satker": _NO_FIELD,
        "ket_satker": _NO_FIELD,
        "status_satker": _NO_FIELD,
        "kodepos": _EMPTY,
    },
    NOTICE: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "nama_lpse": _LPSE,
        "kgr_nama": "a copy of jenis_pengadaan",
        "kgr_id": "jenis_pengadaan as a number",
        "versi_tender": "how often it was restarted under one number: only the last state is there",
        "list_tahun_anggaran": _NO_FIELD,
        "kontrak_pembayaran": "the contract tells it (jenis_kontrak)",
        "kd_satker": _INNER,
    },
    STEP: {
        "kd_klpd": "the announcement or the unit tells it",
        "kd_lpse": _LPSE,
        "kd_satker": _INNER,
        "kd_tahapan": "kd_akt numbers the same steps",
    },
    BIDDER: {
        "kd_penyedia": _PROVIDER,
        "kd_satker": _INNER,
        "kd_satker_str": "the announcement tells it",
        "kd_klpd": "the announcement tells it",
        "kd_lpse": _LPSE,
        "pemenang_terverifikasi": "0 in every row seen",
        "nilai_terkoreksi": "a proposal has one value in OCDS: the one proposed",
        "alasan": _FREE_TEXT,
    },
    RESULT: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "nilai_terkoreksi": "a proposal has one value in OCDS: the one proposed",
        "nilai_umk_kontrak": _SMALL_FIRMS,
        "nilai_pdn_kontrak": _DOMESTIC,
    },
    CONTRACT: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "kota_kontrak": "where it was signed: OCDS has no field for it",
        "jabatan_ppk": _NAME,
        "tipe_penyedia": "anggota_kso shows a consortium",
        "bentuk_usaha_penyedia": "legal form: OCDS has no field for it",
        "nilai_pdn_kontrak": _DOMESTIC,
        "nilai_umk_kontrak": _SMALL_FIRMS,
        "alasan_nilai_kontrak_10_persen": _EMPTY,
        "alasan_penetapan_status_kontrak": _EMPTY,
        "informasi_lainnya": _FREE_TEXT,
        "lingkup_pekerjaan": _FREE_TEXT,
        "apakah_addendum": "versi_addendum says it",
        "kd_satker": _INNER,
        "kd_satker_str": "the announcement tells it",
        "nama_satker": "the announcement tells it",
    },
    DIRECT: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "nama_lpse": _LPSE,
        "versi_nontender": "1 in every row seen",
        "kd_satker": _INNER,
        "ket_diulang": _EMPTY,
        "repeat_order": _NO_FIELD,
        "lls_id": "kd_nontender once more",
        "kontrak_pembayaran": "the contract tells it (jenis_kontrak)",
        "kd_pkt_dce": "no purchase of 2023 shares a package with another",
    },
    DIRECT_STEP: {
        "kd_klpd": "the announcement or the unit tells it",
        "kd_lpse": _LPSE,
        "kd_satker": _INNER,
        "kd_tahapan": "kd_akt numbers the same steps",
    },
    DIRECT_RESULT: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "lpse_id": _LPSE,
        "nama_lpse": _LPSE,
        "url_lpse": _COPY,
        "kd_satker": _INNER,
        "mtd_pemilihan": _COPY,
        "kd_pkt_dce": _COPY,
        "kontrak_pembayaran": _COPY,
        "lls_id": "kd_nontender once more",
        "status_nontender": _COPY,
        "jenis_pengadaan": _COPY,
        "sumber_dana": _COPY,
        "mak": _COPY,
        "kualifikasi_paket": _COPY,
        "nilai_terkoreksi": "a proposal has one value in OCDS: the one proposed",
        "nilai_umk_kontrak": _SMALL_FIRMS,
        "nilai_pdn_kontrak": _DOMESTIC,
    },
    DIRECT_CONTRACT: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "kota_kontrak": "where it was signed: OCDS has no field for it",
        "jabatan_ppk": _NAME,
        "tipe_penyedia": "anggota_kso shows a consortium",
        "bentuk_usaha_penyedia": "legal form: OCDS has no field for it",
        "nilai_pdn_kontrak": _DOMESTIC,
        "nilai_umk_kontrak": _SMALL_FIRMS,
        "alasan_nilai_kontrak_10_persen": _EMPTY,
        "alasan_penetapan_status_kontrak": _EMPTY,
        "informasi_lainnya": _FREE_TEXT,
        "lingkup_pekerjaan": _FREE_TEXT,
        "apakah_addendum": "versi_addendum says it",
        "kd_satker": _INNER,
        "kd_satker_str": "the announcement tells it",
        "nama_satker": "the announcement tells it",
        "mtd_pengadaan": "the announcement tells it",
        "kontrak_id": _EMPTY,
    },
    RECORD: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "uraian_pekerjaan": _FREE_TEXT,
        "alasan_pembatalan": _EMPTY,
        "bukti_pembayaran": _NO_FIELD,
        "nilai_umk_pct": _SMALL_FIRMS,
        "nilai_pdn_pct": _DOMESTIC,
        "kd_pkt_dce": "no recorded purchase of 2023 shares a package with another",
        "status_nontender_pct": "`Aktif` in every row seen",
        "tgl_mulai_paket": "when it was entered, months after it was realised",
        "informasi_lainnya": _FREE_TEXT,
        "kd_satker": _INNER,
    },
    PAYMENT: {
        "jenis_klpd": _KIND,
        "kd_lpse": _LPSE,
        "nama_lpse": _LPSE,
        "kd_paket_dce": "kd_nontender_pct joins",
        "kd_satker": _INNER,
        "ket_realisasi": _FREE_TEXT,
        "kd_rup_paket": "a copy of the same column in the record",
        "nama_paket": "a copy of the same column in the record",
    },
}

UNMAPPED: Final = tuple(
    Unmapped(table, column, reason)
    for table, columns in _UNMAPPED.items()
    for column, reason in {**columns, "last_update_ref": "a token of the interface, not of the purchase"}.items()
)
