"""MM7, the SOAP protocol between a service provider (VASP) and an MMS centre. Source: 3GPP TS 23.140, clause 8."""
