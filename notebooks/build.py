"""Build the course's notebooks from their Markdown sources.

python notebooks/build.py              every chapter and exercise
python notebooks/build.py 06           one chapter and its exercise
python notebooks/build.py --check      write nothing; say what is out of step
"""

import sys

from builder.command import main

if __name__ == "__main__":
    sys.exit(main())
