"""What is installed with `tatap`: both packages, the networks, and the files of the service."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

setup(
    name="tatap",
    version="0.1.0",
    description="Iris and face attendance terminal for government office kiosks",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["terminal*", "central*"]),
    package_data={
        "terminal.kiosk": ["static/*"],
        "terminal.store": ["migrations/*.sql"],
        "terminal.sync": ["migrations/*.sql"],
        "central": ["static/*", "migrations/*.sql"],
    },
    data_files=[
        ("share/tatap/models", [str(path.relative_to(HERE)) for path in sorted((HERE / "models").iterdir())]),
        ("share/tatap/systemd", [str(path.relative_to(HERE)) for path in sorted((HERE / "systemd").iterdir())]),
    ],
    install_requires=[
        "aiohttp>=3.10,<4",
        "cryptography>=43",
        "msgspec>=0.19,<1",
        "numkong>=7.8,<8",
        "numpy>=2.1,<3",
        "onnxruntime>=1.20,<2",
        "opencv-python-headless>=4.10,<6",
        "paho-mqtt>=2.1,<3",
        "pyserial>=3.5,<4",
        "scikit-image>=0.25,<1",
        "sqlite-utils>=4,<5",
        "tzdata",
    ],
    extras_require={
        "demo": ["iotcore>=0.4,<0.5"],
        "plot": ["matplotlib>=3.9,<4"],
        "train": ["onnx>=1.17,<2", "torch>=2.9,<3"],
        "bench": ["faiss-cpu>=1.9,<2"],
        "dev": [
            "hypothesis>=6.100,<7",
            "mypy>=1.13,<3",
            "pytest>=8.3,<10",
            "ruff>=0.17,<0.18",
            "types-pyserial>=3.5",
        ],
    },
    entry_points={"console_scripts": ["tatap = terminal.cli:main", "tatap-central = central.cli:main"]},
)
