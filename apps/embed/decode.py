#!/usr/bin/env python3
"""Decodes an image of a model to a NumPy array, by the C interface of libchorus_decode.so (ctypes).

    decode.py libchorus_decode.so MODEL.safetensors IMAGE SIZE PICTURE.pam
"""

import ctypes
import sys

import numpy


class Options(ctypes.Structure):
    """chorus_options of chorus/chorus.h."""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("backend", ctypes.c_char_p),
        ("threads", ctypes.c_size_t),
    ]


class Picture(ctypes.Structure):
    """chorus_picture of chorus/chorus.h."""

    _fields_ = [(name, ctypes.c_size_t) for name in
                ("struct_size", "width", "height", "x", "y", "columns", "rows", "samples")] + [
        ("format", ctypes.c_int),
        ("pixels", ctypes.c_void_p),
        ("stride", ctypes.c_size_t),
        ("background", ctypes.c_ubyte * 3),
    ]


class Model:
    """A model file. Its pictures are arrays [height, width, 4] of straight RGBA in 8 bits."""

    abi_version = 1

    def __init__(self, library, file, backend=None, threads=0):
        self.c = ctypes.CDLL(library)
        self.handle = ctypes.c_void_p()
        self.c.chorus_error.restype = ctypes.c_char_p
        self.c.chorus_error.argtypes = [ctypes.c_void_p]
        self.c.chorus_image_name.restype = ctypes.c_char_p
        self.c.chorus_image_name.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self.c.chorus_image_count.restype = ctypes.c_size_t
        self.c.chorus_image_count.argtypes = [ctypes.c_void_p]
        self.c.chorus_decode.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
        if self.c.chorus_abi_version() != self.abi_version:
            raise RuntimeError("this library has another ABI")
        options = Options(ctypes.sizeof(Options), backend.encode() if backend else None, threads)
        self.check(self.c.chorus_open_file(file.encode(), ctypes.byref(options),
                                           ctypes.byref(self.handle)))
        self.names = [self.c.chorus_image_name(self.handle, i).decode()
                      for i in range(self.c.chorus_image_count(self.handle))]

    def __del__(self):
        self.c.chorus_close(self.handle)

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.c.chorus_error(self.handle).decode())

    def decode(self, name, width, height):
        pixels = numpy.empty((height, width, 4), numpy.uint8)
        picture = Picture(struct_size=ctypes.sizeof(Picture), width=width, height=height,
                          pixels=pixels.ctypes.data, stride=pixels.strides[0])
        self.check(self.c.chorus_decode(self.handle, self.names.index(name), ctypes.byref(picture)))
        return pixels


def write_pam(file, pixels):
    """https://netpbm.sourceforge.net/doc/pam.html"""
    height, width, channels = pixels.shape
    with open(file, "wb") as out:
        out.write(f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {channels}\nMAXVAL 255\n"
                  "TUPLTYPE RGB_ALPHA\nENDHDR\n".encode())
        out.write(pixels.tobytes())


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    library_file, model_file, image, size, picture_file = sys.argv[1:]
    try:
        write_pam(picture_file, Model(library_file, model_file).decode(image, int(size), int(size)))
    except (RuntimeError, ValueError, OSError) as error:
        sys.exit(f"decode.py: {error}")
