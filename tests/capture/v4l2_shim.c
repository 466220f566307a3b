/* A USB camera made of a file: preloaded into a process, it answers V4L2 for the path in $SHIM_DEVICE.
 *
 * While the file is there the camera sends 160x120 grey frames, 30 a second, each filled with its own number but for a white last column; when the
 * file is gone, so is the camera (ENODEV), as after pulling the plug.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { WIDTH = 160, HEIGHT = 120, BUFFERS = 4, BYTES = WIDTH * HEIGHT, PAGE = 1 << 15 };

static int camera = -1;
static unsigned char *memory[BUFFERS];
static int queued[BUFFERS], queue_length, frame;

static int is_ours(const char *path) {
    const char *device = getenv("SHIM_DEVICE");
    return device && path && !strcmp(path, device);
}

static int plug_in(void) {
    struct itimerspec every = {{0, 33000000}, {0, 33000000}};
    camera = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    timerfd_settime(camera, 0, &every, NULL);
    queue_length = 0;
    return camera;
}

#define OPEN(name)                                                                 \
    int name(const char *path, int flags, ...) {                                   \
        va_list more;                                                              \
        va_start(more, flags);                                                     \
        int mode = va_arg(more, int);                                              \
        va_end(more);                                                              \
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);             \
        if (is_ours(path) && !access(path, F_OK) && (flags & O_RDWR)) return plug_in(); \
        return real(path, flags, mode);                                            \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "close");
    if (fd == camera) camera = -1;
    return real(fd);
}

static void *map(void *address, size_t length, int protection, int flags, int fd, off64_t offset, const char *name) {
    void *(*real)(void *, size_t, int, int, int, off64_t) = dlsym(RTLD_NEXT, name);
    if (fd >= 0 && fd == camera) {
        int index = offset / PAGE;
        memory[index] = real(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return memory[index];
    }
    return real(address, length, protection, flags, fd, offset);
}
void *mmap(void *a, size_t l, int p, int f, int fd, off_t o) { return map(a, l, p, f, fd, o, "mmap"); }
void *mmap64(void *a, size_t l, int p, int f, int fd, off64_t o) { return map(a, l, p, f, fd, o, "mmap64"); }

static int refuse(int why) {
    errno = why;
    return -1;
}

static void describe(struct v4l2_pix_format *pix) {
    pix->width = WIDTH;
    pix->height = HEIGHT;
    pix->pixelformat = V4L2_PIX_FMT_GREY;
    pix->field = V4L2_FIELD_NONE;
    pix->bytesperline = WIDTH;
    pix->sizeimage = BYTES;
}

static int dequeue(struct v4l2_buffer *buffer) {
    unsigned long long ticks;
    if (read(camera, &ticks, sizeof ticks) < 0 || !queue_length) return refuse(EAGAIN);
    buffer->index = queued[0];
    memmove(queued, queued + 1, --queue_length * sizeof *queued);
    frame = frame % 200 + 1;
    memset(memory[buffer->index], frame, BYTES);
    for (int end = 159; end < BYTES; end += 160)
        ((unsigned char *)memory[buffer->index])[end] = 255;
    buffer->length = BYTES;
    buffer->bytesused = BYTES;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE;
    return 0;
}

static int answer(unsigned long request, void *data) {
    if (access(getenv("SHIM_DEVICE"), F_OK)) return refuse(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *can = data;
        memset(can, 0, sizeof *can);
        strcpy((char *)can->driver, "shim");
        strcpy((char *)can->card, "shim");
        can->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS;
        can->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    }
    case VIDIOC_ENUMINPUT:
        if (((struct v4l2_input *)data)->index) return refuse(EINVAL);
        ((struct v4l2_input *)data)->type = V4L2_INPUT_TYPE_CAMERA;
        return 0;
    case VIDIOC_G_INPUT:
        *(int *)data = 0;
        return 0;
    case VIDIOC_S_INPUT:
        return 0;
    case VIDIOC_G_FMT:
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT:
        describe(&((struct v4l2_format *)data)->fmt.pix);
        return 0;
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
        struct v4l2_captureparm *how = &((struct v4l2_streamparm *)data)->parm.capture;
        how->capability = V4L2_CAP_TIMEPERFRAME;
        how->timeperframe = (struct v4l2_fract){1, 30};
        return 0;
    }
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *asked = data;
        if (asked->count > BUFFERS) asked->count = BUFFERS;
        queue_length = 0;
        return 0;
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = data;
        buffer->length = BYTES;
        buffer->m.offset = buffer->index * PAGE;
        return 0;
    }
    case VIDIOC_QBUF:
        queued[queue_length++] = ((struct v4l2_buffer *)data)->index;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(data);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        return 0;
    default:
        return refuse(EINVAL);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    va_list more;
    va_start(more, request);
    void *data = va_arg(more, void *);
    va_end(more);
    if (fd >= 0 && fd == camera) return answer(request, data);
    int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, data);
}
