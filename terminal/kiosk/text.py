"""Every sentence of the screen, in Bahasa Indonesia and English: one reason and one action at a time."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from terminal.attend import Window
from terminal.sync.wire import CheckIn, Direction
from terminal.types import Reason

Language: TypeAlias = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """What one notice says: what happened, the time it is recorded with, what follows, and a remark in small type."""

    headline: str
    detail: str
    stamp: str = ""
    remark: str = ""


IDLE: dict[Language, Words] = {
    "id": Words("Lihat kamera", "Mata terbuka, sejajar dengan kamera"),
    "en": Words("Look at the camera", "Eyes open, level with the camera"),
}
REASONS: dict[Reason, dict[Language, Words]] = {
    Reason.TOO_DARK: {
        "id": Words("Terlalu gelap", "Maju mendekati kamera"),
        "en": Words("Too dark", "Come closer to the camera"),
    },
    Reason.TOO_BRIGHT: {
        "id": Words("Terlalu terang", "Mundur sedikit, jauhi cahaya langsung"),
        "en": Words("Too bright", "Step back a little, out of direct light"),
    },
    Reason.BLURRED: {
        "id": Words("Gambar kabur", "Tahan sebentar, jangan bergerak"),
        "en": Words("Blurred", "Hold still for a moment"),
    },
    Reason.NO_EYE: {
        "id": Words("Mata tidak terlihat", "Lihat kamera"),
        "en": Words("No eye in sight", "Look at the camera"),
    },
    Reason.TOO_FAR: {"id": Words("Terlalu jauh", "Maju"), "en": Words("Too far", "Come closer")},
    Reason.TOO_NEAR: {"id": Words("Terlalu dekat", "Mundur"), "en": Words("Too near", "Step back")},
    Reason.OFF_CENTRE: {
        "id": Words("Mata di tepi gambar", "Geser ke tengah"),
        "en": Words("Eye at the edge", "Move to the middle"),
    },
    Reason.EYE_CLOSED: {
        "id": Words("Mata tertutup", "Buka mata lebar-lebar"),
        "en": Words("Eye closed", "Open your eyes wide"),
    },
    Reason.LOOKS_ASIDE: {
        "id": Words("Pandangan ke samping", "Lihat lurus ke kamera"),
        "en": Words("Looking aside", "Look straight into the camera"),
    },
    Reason.GLARE: {
        "id": Words("Ada pantulan", "Lepas kacamata atau miringkan kepala"),
        "en": Words("Reflections", "Take off your glasses, or tilt your head"),
    },
    Reason.LOW_CONTRAST: {
        "id": Words("Mata kurang jelas", "Maju sedikit, lihat kamera"),
        "en": Words("Eye not clear", "Come a little closer, look at the camera"),
    },
    Reason.PUPIL_TOO_WIDE: {
        "id": Words("Ruangan terlalu gelap", "Lihat ke arah lampu sebentar, lalu ke kamera"),
        "en": Words("The room is too dark", "Look at a lamp for a moment, then at the camera"),
    },
    Reason.PUPIL_TOO_SMALL: {
        "id": Words("Cahaya terlalu kuat", "Jauhi cahaya langsung, lalu coba lagi"),
        "en": Words("Too much light", "Turn away from direct light, then try again"),
    },
    Reason.NOT_CLEAR: {
        "id": Words("Mata belum terbaca jelas", "Lepas kacamata atau lensa bercorak, atau hubungi petugas"),
        "en": Words("The eye cannot be read clearly", "Take off glasses or patterned lenses, or ask the officer"),
    },
    Reason.HOLD_STILL: {
        "id": Words("Sebentar lagi", "Tetap lihat kamera"),
        "en": Words("Just a moment", "Keep looking at the camera"),
    },
    Reason.UNKNOWN: {
        "id": Words("Tidak dikenali", "Coba lagi, atau hubungi petugas"),
        "en": Words("Not recognised", "Try again, or ask the officer"),
    },
    Reason.AMBIGUOUS: {
        "id": Words("Belum pasti", "Coba lagi dengan mata terbuka lebar"),
        "en": Words("Not certain yet", "Try again with eyes wide open"),
    },
}
NOT_SAVED: dict[Language, Words] = {
    "id": Words("Tidak tersimpan", "Absen belum tercatat. Hubungi petugas"),
    "en": Words("Not saved", "You are not checked in. Ask the officer"),
}
BLIND: dict[Language, Words] = {
    "id": Words("Kamera tidak berfungsi", "Hubungi petugas"),
    "en": Words("The camera is not working", "Ask the officer"),
}
STILL_THERE: dict[Language, Words] = {
    "id": Words("Sudah tercatat", "Silakan bergantian"),
    "en": Words("Already recorded", "Next person, please"),
}
SILENT: dict[Language, Words] = {  # said by the page itself when the kiosk behind it no longer answers
    "id": Words("Kios tidak menjawab", "Hubungi petugas"),
    "en": Words("The kiosk does not answer", "Ask the officer"),
}
DIRECTIONS: dict[Direction, dict[Language, str]] = {
    Direction.IN: {"id": "MASUK", "en": "IN"},
    Direction.OUT: {"id": "PULANG", "en": "OUT"},
}


def checked_in(check_in: CheckIn, name: str, at: str, language: Language) -> Words:
    """What a person reads after a check-in; `at` is the local time of capture, HH:MM:SS."""
    indonesian = language == "id"
    stamp = f"{DIRECTIONS[check_in.direction][language]} {at}"
    if check_in.repeat_of is not None:
        detail = "Sudah tercatat sebelumnya" if indonesian else "Already recorded before"
    else:
        detail = _punctuality(check_in, indonesian)
    remarks = ["ID …" + check_in.person[-4:]]
    if not check_in.inside_window:
        remarks.append("di luar jam absen" if indonesian else "outside the attendance hours")
    if not check_in.clock_synchronised:
        remarks.append("jam belum sinkron" if indonesian else "clock not synchronised")
    return Words(name or ("Tercatat" if indonesian else "Recorded"), detail, stamp, " · ".join(remarks))


def window(now: Window, language: Language) -> str:
    """The attendance window as the idle screen tells it."""
    if now.opens is None or now.closes is None:
        return "Tidak ada jadwal hari ini" if language == "id" else "No schedule today"
    hours = f"{now.opens:%H:%M}-{now.closes:%H:%M}"
    if language == "id":
        return f"Jam absen {hours}" if now.is_open else f"Di luar jam absen ({hours})"
    return f"Attendance hours {hours}" if now.is_open else f"Outside attendance hours ({hours})"


def offline(pending: int, language: Language) -> str:
    """The badge while the centre cannot be reached: nothing is lost, so many records wait."""
    return f"OFFLINE - tersimpan ({pending})" if language == "id" else f"OFFLINE - saved here ({pending})"


def _punctuality(check_in: CheckIn, indonesian: bool) -> str:
    late, early = check_in.late_minutes, check_in.early_minutes
    if late:
        return f"Terlambat {late} menit" if indonesian else f"{late} {_minutes(late)} late"
    if early:
        return f"{early} menit sebelum waktu pulang" if indonesian else f"{early} {_minutes(early)} before closing time"
    return "Tepat waktu" if indonesian else "On time"


def _minutes(number: int) -> str:
    return "minute" if number == 1 else "minutes"
