/* A management library that says what its environment tells it: one GPU, or as many as FAKE_COUNT. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { unsigned long long total, free, used; } Memory;
enum { OK = 0, NOT_SUPPORTED = 3 };

static const char *said(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value ? value : otherwise;
}
static long long number(const char *name, long long otherwise) {
    const char *value = getenv(name);
    return value ? atoll(value) : otherwise;
}

int nvmlInitWithFlags(unsigned flags) { return (int)number("FAKE_INIT", flags); }
int nvmlShutdown(void) { return OK; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = (int)number("FAKE_CUDA", 13000); return OK; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) {
    snprintf(text, size, "%s", said("FAKE_DRIVER", "580.65.06"));
    return OK;
}
int nvmlDeviceGetCount_v2(unsigned *count) { *count = (unsigned)number("FAKE_COUNT", 1); return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) { *handle = (void *)(size_t)(index + 1); return OK; }
int nvmlDeviceGetName(void *handle, char *text, unsigned size) {
    snprintf(text, size, "%s", said("FAKE_NAME", "NVIDIA H100 80GB HBM3"));
    return handle ? OK : NOT_SUPPORTED;
}
int nvmlDeviceGetMemoryInfo(void *handle, Memory *memory) {
    memory->total = (unsigned long long)number("FAKE_TOTAL", 85520809984LL);
    memory->free = (unsigned long long)number("FAKE_FREE", 85000000000LL);
    memory->used = memory->total - memory->free;
    return handle ? OK : NOT_SUPPORTED;
}
int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) {
    *major = (int)number("FAKE_MAJOR", 9);
    *minor = (int)number("FAKE_MINOR", 0);
    return handle ? OK : NOT_SUPPORTED;
}
static int mode(const char *name, unsigned *current, unsigned *pending) {
    long long value = number(name, 0);
    *current = *pending = (unsigned)value;
    return value < 0 ? NOT_SUPPORTED : OK;
}
int nvmlDeviceGetMigMode(void *handle, unsigned *current, unsigned *pending) {
    return handle ? mode("FAKE_MIG", current, pending) : NOT_SUPPORTED;
}
int nvmlDeviceGetEccMode(void *handle, unsigned *current, unsigned *pending) {
    return handle ? mode("FAKE_ECC", current, pending) : NOT_SUPPORTED;
}
int nvmlDeviceGetCurrentClocksEventReasons(void *handle, unsigned long long *reasons) {
    *reasons = (unsigned long long)number("FAKE_SLOWED", 0);
    return handle ? OK : NOT_SUPPORTED;
}
