export function NewDownloadPage() {
  return null
}
