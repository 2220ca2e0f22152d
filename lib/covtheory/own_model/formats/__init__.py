"""Files as they are: containers (JSON, CSV, NPZ, Parquet, compressed or not) and the rows that tools write in them.

``sources`` opens files, ``records`` splits text into rows, ``arrays`` reads NPZ and Parquet by columns, ``scored`` and
``verdicts`` turn the rows of evaluation and inference tools into the few columns that the commands know.
"""
