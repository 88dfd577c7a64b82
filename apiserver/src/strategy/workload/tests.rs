//! Deployments, jobs and the others, written as clients do.
