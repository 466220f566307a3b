"""Simulated presentation attacks (ISO/IEC 30107-3 calls each kind a species): made by re-imaging pictures of eyes.

None of them was held before a camera: what they say about real prints, screens and lenses is a guess with its parameters shown.
"""
