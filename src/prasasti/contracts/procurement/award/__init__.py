"""The award: notice, standstill, complaints and appeals, activation, failure."""
