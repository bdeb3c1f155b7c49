#!/bin/sh
# Any program will do. It is run once to fit and once to predict, with the path of job.json.
exec python3 frequent_label.py "$1"
