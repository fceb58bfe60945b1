"""Runs command lines with the aws command line's own driver, in one process: a start takes a second.

Reads a JSON list of lists of words, and prints a JSON list of [exit code, standard output, standard error].
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver


sys.argv[0] = 'aws'
driver = create_clidriver()


def ran(words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main(words)
        except SystemExit as end:
            status = end.code
    return [status, out.getvalue(), err.getvalue()]


json.dump([ran(words) for words in json.load(sys.stdin)], sys.stdout)
