"""Inside the VM: run the test functions of the named modules, one line each, `DONE` with the counts at the end."""

import gc
import sys


def run(names):
    """Run every `test_*` function of the modules `names`."""
    passed = 0
    failed = 0
    for name in names:
        module = __import__(name)
        for test in sorted(dir(module)):
            if not test.startswith("test_"):
                continue
            gc.collect()
            try:
                getattr(module, test)()
            except Exception as error:
                failed += 1
                print("FAIL", name, test)
                sys.print_exception(error, sys.stdout)
            else:
                passed += 1
                print("PASS", name, test)
        del module
        del sys.modules[name]
    print("DONE", passed, failed)
