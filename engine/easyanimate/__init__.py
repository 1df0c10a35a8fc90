"""EasyAnimate V5 and V5.1 image-to-video on diffusers' networks, numerically like the reference."""
