"""Uploaded images are recognised by their content, encoded afresh, and refused with a sentence."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from kb.library.images import cleaning
from kb.library.images.cleaning import UploadError, clean_image
from kb.library.images.limits import LARGEST_IMAGE


def encoded(kind: str, size: tuple[int, int] = (30, 20), **options: object) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "gif")])
def test_an_image_keeps_its_kind_and_size(kind: str, ending: str) -> None:
    image = clean_image(encoded(kind))
    assert (image.ending, image.width, image.height) == (ending, 30, 20)
    assert Picture.open(io.BytesIO(image.data)).format == kind


def test_what_is_glued_to_the_end_is_gone() -> None:
    assert b"<script>" not in clean_image(encoded("PNG") + b"<script>alert(1)</script>").data


def test_metadata_is_gone() -> None:
    told = PngInfo()
    told.add_text("Comment", "taken at home")
    assert b"taken at home" not in clean_image(encoded("PNG", pnginfo=told)).data
    exif = Picture.Exif()
    exif[0x010E] = "taken at home"
    assert b"taken at home" not in clean_image(encoded("JPEG", exif=exif)).data


def test_a_photograph_is_turned_the_right_way_up() -> None:
    exif = Picture.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image = clean_image(encoded("JPEG", exif=exif))
    assert (image.width, image.height) == (20, 30)


def animation(kind: str, size: tuple[int, int], count: int, **options: object) -> bytes:
    """Pictures of a square that wanders, each shown a little longer than the one before, three times over."""
    frames = []
    for number in range(count):
        frame = Picture.new("P" if kind == "GIF" else "RGBA", size, 1 if kind == "GIF" else (240, 240, 250))
        if kind == "GIF":
            frame.putpalette([0, 0, 0, 240, 240, 250, 200, 20, 30])
        frame.paste(2 if kind == "GIF" else (200, 20, 30), (number % 20, 2, number % 20 + 10, 12))
        frames.append(frame)
    out = io.BytesIO()
    durations = [40 + 10 * (number % 9) for number in range(count)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=durations, loop=3, **options)
    return out.getvalue()


def shown(data: bytes) -> tuple[list[int], int, list[tuple[int, ...]]]:
    """How long each picture is shown, how often all are, and the colours of one row of each."""
    durations, rows = [], []
    with Picture.open(io.BytesIO(data)) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            picture.load()
            durations.append(int(picture.info["duration"]))
            rows += [picture.convert("RGB").crop((0, 6, 40, 7)).getcolors()]
        return durations, picture.info["loop"], rows  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_moving_as_it_did(kind: str) -> None:
    given = animation(kind, (40, 30), 12, **({"lossless": True} if kind == "WEBP" else {}))
    before, now = shown(given), shown(clean_image(given).data)
    assert (len(before[0]), before[1]) == (12, 3)
    assert now[:2] == before[:2]
    assert kind == "WEBP" or now == before  # a WebP is encoded with a little loss


def test_a_usual_animation_is_taken_and_grows_no_larger() -> None:
    given = animation("GIF", (640, 600), 115)
    image = clean_image(given)
    assert (image.width, image.height) == (640, 600)
    assert len(image.data) <= len(given)
    assert len(shown(image.data)[0]) == 115


def test_what_an_animated_gif_says_beside_its_pictures_is_gone() -> None:
    given = animation("GIF", (40, 30), 4, comment=b"taken at home")
    place = given.index(b"\x21\xf9")
    xmp = b"\x21\xff\x0bXMP DataXMP\x0dtaken at home\x00"
    text = b"\x21\x01\x0c" + bytes(12) + b"\x0dtaken at home\x00"
    given = given[:place] + xmp + text + given[place:] + b"<script>taken at home</script>"
    assert given.count(b"taken at home") == 4
    image = clean_image(given)
    assert b"taken" not in image.data
    assert shown(image.data) == shown(given)


def test_what_other_animations_say_beside_their_pictures_is_gone() -> None:
    exif = Picture.Exif()
    exif[0x010E] = "taken at home"
    for kind in ("PNG", "WEBP"):
        given = animation(kind, (40, 30), 3, exif=exif)
        assert b"taken at home" in given
        assert b"taken at home" not in clean_image(given).data


def test_a_picture_that_stands_for_an_animation_is_no_part_of_it() -> None:
    given = animation("PNG", (40, 30), 4, default_image=True)
    image = clean_image(given)
    with Picture.open(io.BytesIO(image.data)) as picture:
        assert getattr(picture, "n_frames", 1) == 3


@pytest.mark.slow
def test_an_animation_of_many_large_pictures_is_taken_however_many_pixels_they_have_together() -> None:
    given = animation("GIF", (2560, 1440), 115)
    image = clean_image(given)
    assert (image.width, image.height) == (2560, 1440)
    with Picture.open(io.BytesIO(image.data)) as picture:
        assert getattr(picture, "n_frames", 1) == 115


def _repeated(size: tuple[int, int], count: int) -> bytes:
    """The same picture so many times."""
    one = animation("GIF", size, 1)
    start = one.index(b"\x2c" + bytes(4))
    given = one[:start] + one[start:-1] * count + one[-1:]
    assert len(given) < LARGEST_IMAGE
    return given


def test_an_animation_of_which_one_picture_is_too_large_is_refused() -> None:
    with pytest.raises(UploadError, match="over 40 million pixels"):
        clean_image(_repeated((8000, 5200), 2))


def test_few_bytes_that_swell_to_many_large_pictures_are_refused_after_some_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleaning, "SECONDS", 0.5)
    with pytest.raises(UploadError, match=r"longer than 0\.5 seconds of processor time to read: make it smaller"):
        clean_image(_repeated((6000, 6000), 80))


@pytest.mark.slow
def test_an_animation_that_needs_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MEMORY", 300_000_000)
    with pytest.raises(UploadError, match="too much memory"):
        clean_image(animation("PNG", (2000, 1500), 30))


def test_a_gif_of_one_pixel_with_a_very_large_picture_in_it_is_refused() -> None:
    given = bytearray(animation("GIF", (40, 30), 2))
    second = given.rindex(b"\x2c")
    given[second + 5 : second + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(UploadError, match="million pixels"):
        clean_image(bytes(given))


def test_an_animation_of_very_many_pictures_is_refused() -> None:
    frame = b"\x21\xf9\x04\x00\x04\x00\x00\x00\x2c" + bytes(4) + b"\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(6)
    assert len(shown(clean_image(head + _looped() + frame * 20 + b";").data)[0]) == 20
    with pytest.raises(UploadError, match="1,000 pictures"):
        clean_image(head + frame * 1001 + b";")


def _looped() -> bytes:
    return b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


@pytest.mark.slow
@given(st.binary(max_size=40), st.integers(0, 900))
def test_a_damaged_animation_gives_an_image_or_a_sentence(noise: bytes, place: int) -> None:
    data = bytearray(animation("GIF", (40, 30), 4))
    data[place : place + len(noise)] = noise
    try:
        image = clean_image(bytes(data))
    except UploadError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either is right
    else:
        assert Picture.open(io.BytesIO(image.data)).format == "GIF"


def test_transparency_is_kept() -> None:
    out = io.BytesIO()
    Picture.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    kept = Picture.open(io.BytesIO(clean_image(out.getvalue()).data)).convert("RGBA")
    assert kept.getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"MZ" + bytes(60), b"GIF89a", encoded("BMP")],
)
def test_another_kind_of_file_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(UploadError, match="save it"):
        clean_image(data)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(UploadError, match="over 5 MB"):
        clean_image(bytes(LARGEST_IMAGE + 1))


def test_an_image_cut_short_is_refused() -> None:
    noise = Picture.effect_noise((200, 200), 90)
    out = io.BytesIO()
    noise.save(out, "PNG")
    with pytest.raises(UploadError, match="damaged"):
        clean_image(out.getvalue()[:5000])


def test_few_bytes_that_swell_to_very_many_pixels_are_refused() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = (50_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )
    with pytest.raises(UploadError, match="over 40 million pixels"):
        clean_image(bomb)


@example(b"\0" * 5, 32)
@given(st.binary(max_size=400), st.integers(0, 300))
def test_damaged_bytes_give_an_image_or_a_sentence(noise: bytes, place: int) -> None:
    data = bytearray(encoded("GIF"))
    data[place : place + len(noise)] = noise
    try:
        image = clean_image(bytes(data))
    except UploadError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either is right
    else:
        assert image.data


def test_a_photograph_with_several_views_is_taken_as_its_first_one() -> None:
    first, second = Picture.new("RGB", (8, 8), "red"), Picture.new("RGB", (8, 8), "blue")
    out = io.BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second])
    taken = clean_image(out.getvalue())
    assert (taken.ending, taken.width) == ("jpg", 8)
