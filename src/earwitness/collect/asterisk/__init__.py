"""Listens to Asterisk through its manager interface (AMI).

``ami`` bytes to messages; ``spying`` messages to segments; ``agents`` messages to activity events; ``cdr`` call detail
records; ``collector`` all of these for one switch; ``connection`` a live switch, ``replay`` a recorded one.
"""
