// Tells the 508 of hosting companies, "Resource Limit Is Reached", from that of WebDAV, "Loop Detected".

export const outOfResources = (errorText: string): boolean => /resource limit|exceeded resource/i.test(errorText)
