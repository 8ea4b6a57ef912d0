"""Pictures are drawn again from their pixels: place, camera, names and whatever else was hidden stay behind."""

import io
import warnings

from PIL import Image, ImageCms, ImageOps

from foundation.files.checker.refused import Refused

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
JPEG_MODES = {"L", "RGB"}
OTHER_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}


def redraw(content: bytes, expected: str, found: str, max_bytes: int) -> bytes:
    """The same picture, upright, without anything but pixels. Raises Refused."""
    if found != expected:
        raise Refused("not_what_it_says")
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limit, below, is asked before a pixel is decoded
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[expected]]) as image:
            if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
                raise Refused("too_many_pixels")
            if getattr(image, "n_frames", 1) > 1:
                raise Refused("animated")
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            plain = _in_plain_colours(image, expected)
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("damaged") from None
    drawn = io.BytesIO()
    bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    if plain.mode == "P":
        bare.putpalette(plain.getpalette("RGB") or [])
    options: dict[str, object] = {"quality": 90} if expected != "png" else {}
    bare.save(drawn, FORMATS[expected], **options)
    if drawn.tell() > max_bytes:
        raise Refused("too_large")
    return drawn.getvalue()


def _in_plain_colours(image: Image.Image, expected: str) -> Image.Image:
    """sRGB, in a mode that the format can hold. A colour profile is applied, not kept."""
    modes = JPEG_MODES if expected == "jpeg" else OTHER_MODES
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            wanted = "RGBA" if image.mode == "RGBA" else "RGB"
            if image.mode != "L":
                return (
                    ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=wanted) or image
                )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # an unreadable profile only shifts colours
    if image.mode in modes:
        return image
    return image.convert("RGBA" if "A" in image.mode and expected != "jpeg" else "RGB")
