"""One module for each contender, imported only in the process that runs it.

Every function takes a test set, the ids of the job's metrics and a number of resamples, and returns an `Answer`; a peer
answers for the first metric alone unless it says otherwise.
"""
