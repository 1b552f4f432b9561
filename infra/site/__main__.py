import argparse
from pathlib import Path

from infra.site.build import build

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.site", description="Render docs/ into a static site.")
    parser.add_argument("to", type=Path, help="the folder to write; what stood there is replaced")
    build(parser.parse_args().to)
