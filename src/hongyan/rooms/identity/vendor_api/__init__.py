"""Identity towards the vendor's SDK: the proof of every ``/v1`` request, and the parts of ``/v3`` that clients need."""
