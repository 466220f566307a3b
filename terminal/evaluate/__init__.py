"""Error rates and speed over a folder of images, in the manner of ISO/IEC 19795."""
