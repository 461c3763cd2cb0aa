export function JobPage({ jobId }: { jobId: string }) {
  return <p>{jobId}</p>
}
