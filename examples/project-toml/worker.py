import signal
import sys
import time

signal.signal(signal.SIGTERM, lambda *_: sys.exit())

while True:
    print("working", flush=True)
    time.sleep(float(sys.argv[1]))
