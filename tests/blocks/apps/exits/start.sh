#!/bin/sh
python3 -m http.server "${PORT:-8080}" &
