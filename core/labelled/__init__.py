"""Learn the labels of a stream beside the stream itself: say each row's first, learn it after.

Start with `learner.py`. Of each row the `Context` makes what is looked at; the `Experts` each say
what they think, and are mixed by how well they did of late; the `Books` hold how well it went.
"""
