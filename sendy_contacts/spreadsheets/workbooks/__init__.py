"""Workbooks: XLSX, XLS and ODS, read in a process of their own, and XLSX written."""
