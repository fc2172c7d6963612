"""Small media made on the spot: pictures, sound and video of a wanted length."""

import io
import math
import struct
import wave

import av
from PIL import Image


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture of a kind that Pillow writes."""
    packed = io.BytesIO()
    Image.new("RGB", size, "teal").save(packed, kind)
    return packed.getvalue()


def video(seconds: float = 1.0, kind: str = "mp4", size: tuple[int, int] = (96, 64)) -> bytes:
    """Return a silent video at two frames per second."""
    packed = io.BytesIO()
    with av.open(packed, "w", format=kind) as container:
        stream = container.add_stream("mpeg4", rate=2)
        stream.width, stream.height, stream.pix_fmt = (*size, "yuv420p")
        still = Image.new("RGB", size, "navy")
        for _ in range(round(seconds * 2)):
            container.mux(stream.encode(av.VideoFrame.from_image(still)))
        container.mux(stream.encode())
    return packed.getvalue()


def tone(seconds: float = 0.5) -> bytes:
    """Return a WAV with a quiet tone."""
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        samples = (round(3000 * math.sin(n / 3)) for n in range(round(8000 * seconds)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return packed.getvalue()


def mp3(seconds: float = 0.5) -> bytes:
    """Return an MP3 with a quiet tone."""
    packed = io.BytesIO()
    with av.open(io.BytesIO(tone(seconds)), "r") as source, av.open(packed, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=8000)
        for frame in source.decode(audio=0):
            frame.pts = None
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return packed.getvalue()
