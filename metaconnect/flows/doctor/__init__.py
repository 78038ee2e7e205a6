"""Every prerequisite, tried: what was found, and how to mend what is wrong."""

from .examine import doctor
from .finding import Finding, Verdict, exit_code_of

__all__ = ["Finding", "Verdict", "doctor", "exit_code_of"]
