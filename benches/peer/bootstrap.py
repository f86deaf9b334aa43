"""What Lambda's Python runtime starts: the runtime client with this folder's handler."""

import sys
from pathlib import Path

from awslambdaric.__main__ import main

sys.path.insert(0, str(Path(__file__).resolve().parent))
main([sys.argv[0], "handler.handler"])
